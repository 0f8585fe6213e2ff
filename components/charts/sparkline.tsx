interface SparklineProps {
  /** null is a gap. */
  values: (number | null)[];
  /** Scale from 0 to here; left out: to the largest value. */
  max?: number;
  /** What it shows, such as "CPU, last 15 min"; min, max and last are added. */
  label: string;
  format: (value: number) => string;
  width?: number;
  height?: number;
}

/** A line in a cell as plain SVG: 40 of them cost less than one canvas. Gaps stay gaps. */
export function Sparkline({ values, max, label, format, width = 72, height = 20 }: SparklineProps) {
  const known = values.filter((v): v is number => v !== null);
  const last = known.at(-1);
  if (last === undefined) {
    return <span className="text-soft text-sm">no samples</span>;
  }
  const top = Math.max(max ?? 0, ...known) || 1;
  const words = `${label}: least ${format(Math.min(...known))}, most ${format(Math.max(...known))}, last ${format(last)}`;
  return (
    <svg
      role="img"
      aria-label={words}
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      className="text-work block"
    >
      <path d={pathOf(values, top, width, height)} fill="none" stroke="currentColor" strokeWidth="1.25" strokeLinejoin="round" />
    </svg>
  );
}

/** One sub-path for each run of known values; a single value is a short dash. */
export function pathOf(values: (number | null)[], top: number, width: number, height: number): string {
  const step = values.length > 1 ? width / (values.length - 1) : width;
  const y = (v: number) => (height - 1.5 - (v / top) * (height - 3)).toFixed(1);
  let path = '';
  values.forEach((v, i) => {
    if (v === null) return;
    const starts = (values[i - 1] ?? null) === null;
    const alone = starts && (values[i + 1] ?? null) === null;
    path += `${starts ? 'M' : 'L'}${(i * step).toFixed(1)} ${y(v)}`;
    if (alone) path += 'h1';
  });
  return path;
}
