'use client';

import { useEffect, useMemo, useRef, useState } from 'react';
import { Button } from '../ui/button';
import { Skeleton } from '../ui/notice';
import { useLazy } from '../ui/use-lazy';
import { CHART_HEIGHT, SERIES_COLOURS } from './chart-look';
import { ChartTable } from './chart-table';
import { summaryOf, withGaps, type ChartSeries } from './series';

export interface ChartMark {
  /** ms since the epoch. */
  at: number;
  label: string;
}

export interface ChartProps {
  title: string;
  /** ms since the epoch, ascending; as long as each series. */
  at: number[];
  stepMs: number;
  /** Limits of the x axis, ms since the epoch: the range that was asked for, also where nothing is known. */
  from: number;
  to: number;
  series: ChartSeries[];
  format: (value: number) => string;
  /** Top of the scale; left out: by the values. */
  max?: number;
  /** Operations and config revisions, as vertical lines. */
  marks?: ChartMark[];
}

export type CanvasProps = Pick<ChartProps, 'at' | 'from' | 'to' | 'series' | 'format' | 'max' | 'marks'>;

const fetchCanvas = () => import('./chart-canvas').then((m) => m.ChartCanvas);

/** A line chart with its words: min, max and last of each series, and the same data as a table. */
export function Chart(props: ChartProps) {
  const { title, format, at, series, stepMs } = props;
  const place = useRef<HTMLDivElement>(null);
  const { Part, load } = useLazy<CanvasProps>(fetchCanvas);
  const [table, setTable] = useState(false);
  const gapped = useMemo(() => withGaps(at, series, stepMs), [at, series, stepMs]);
  const known = series.some((s) => summaryOf(s.values));

  // The drawing program is fetched when a chart comes on screen, not with the page.
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const seen = new IntersectionObserver(([entry]) => entry?.isIntersecting && load(), { rootMargin: '200px' });
    seen.observe(element);
    return () => seen.disconnect();
  }, [load]);

  return (
    <figure className="border-line bg-panel min-w-0 rounded-lg border p-3">
      <figcaption className="mb-2 flex items-start justify-between gap-x-2">
        <span className="min-w-0">
          <span className="font-semibold">{title}</span>
          <span className="text-soft block text-sm">
            {series.map((s, i) => (
              <Legend
                key={s.label}
                series={s}
                colour={SERIES_COLOURS[i % 3] ?? SERIES_COLOURS[0]}
                format={format}
                alone={series.length === 1}
              />
            ))}
          </span>
        </span>
        {known && (
          <Button kind="quiet" aria-pressed={table} onClick={() => setTable((was) => !was)}>
            {table ? 'Chart' : 'Table'}
          </Button>
        )}
      </figcaption>
      <div ref={place} style={{ minHeight: CHART_HEIGHT }}>
        {!known ? (
          <p className="text-soft grid" style={{ height: CHART_HEIGHT, placeItems: 'center' }}>
            No samples in this range.
          </p>
        ) : table ? (
          <ChartTable title={title} at={at} series={series} format={format} />
        ) : Part ? (
          <div aria-hidden>
            <Part {...props} at={gapped.at} series={gapped.series} />
          </div>
        ) : (
          <Skeleton className="h-[150px] w-full" />
        )}
      </div>
    </figure>
  );
}

function Legend({
  series,
  colour,
  format,
  alone,
}: {
  series: ChartSeries;
  colour: string;
  format: (value: number) => string;
  alone: boolean;
}) {
  const sum = summaryOf(series.values);
  return (
    <span className="mr-4 inline-flex flex-wrap items-center gap-x-1.5">
      {!alone && <span aria-hidden className="inline-block h-0.5 w-3" style={{ background: `var(${colour})` }} />}
      {!alone && <span className="text-ink">{series.label}</span>}
      {sum ? (
        <span className="figure">
          min {format(sum.min)} · max {format(sum.max)} · last {format(sum.last)}
        </span>
      ) : (
        <span>no samples</span>
      )}
    </span>
  );
}
