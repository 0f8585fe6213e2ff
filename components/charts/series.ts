export interface ChartSeries {
  label: string;
  /** One a time; null is a gap. */
  values: (number | null)[];
}

export interface Summary {
  min: number;
  max: number;
  last: number;
}

/** null: nothing is known in this range. */
export function summaryOf(values: (number | null)[]): Summary | null {
  let found: Summary | null = null;
  for (const v of values) {
    if (v === null) continue;
    if (found === null) found = { min: v, max: v, last: v };
    else {
      found.last = v;
      if (v < found.min) found.min = v;
      if (v > found.max) found.max = v;
    }
  }
  return found;
}

/**
 * Puts a gap where samples are missing altogether: two neighbours further apart than 2.5 steps get an empty point in between,
 * so that no line is drawn through a time of which nothing is known.
 */
export function withGaps(at: number[], series: ChartSeries[], stepMs: number): { at: number[]; series: ChartSeries[] } {
  const times: number[] = [];
  const from: number[] = [];
  at.forEach((t, i) => {
    const before = at[i - 1];
    if (before !== undefined && t - before > 2.5 * stepMs) {
      times.push(before + stepMs);
      from.push(-1);
    }
    times.push(t);
    from.push(i);
  });
  return { at: times, series: series.map((s) => ({ ...s, values: from.map((i) => s.values[i] ?? null) })) };
}
