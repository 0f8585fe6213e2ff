'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { parseAsStringLiteral, useQueryState } from 'nuqs';
import { useMemo } from 'react';
import { Chart } from '@/components/charts/chart';
import type { ChartSeries } from '@/components/charts/series';
import { orpc } from '@/components/live/client';
import { bytes, bytesPerSecond, percent, share } from '@/components/ui/format';
import { cx } from '@/components/ui/cx';
import { Skeleton } from '@/components/ui/notice';
import { Section } from '@/components/ui/section';
import { TroubleNotice } from '@/components/ui/trouble';
import type { SamplesView } from '@/lib/contract/workload';

const RANGES = ['15m', '1h', '6h', '24h', '7d'] as const;
const WORDS: Record<(typeof RANGES)[number], string> = { '15m': '15 min', '1h': '1 h', '6h': '6 h', '24h': '24 h', '7d': '7 d' };
const METRICS = 'cpu,memUsed,memTotal,diskUsed,diskTotal,rxBps,txBps,rooms,participants';
const plain = (value: number) => String(Math.round(value * 10) / 10);

/** Charts over ?range=, all with one cursor. */
export function NodeCharts({ slug, node, media }: { slug: string; node: string; media: boolean }) {
  const [range, setRange] = useQueryState('range', parseAsStringLiteral(RANGES).withDefault('1h'));
  const samples = useQuery(
    orpc.nodes.samples.queryOptions({
      input: { slug, node, range, metrics: METRICS },
      refetchInterval: range === '15m' || range === '1h' ? 15_000 : 60_000,
      placeholderData: keepPreviousData,
    }),
  );
  return (
    <Section
      title="Over time"
      actions={
        <div role="group" aria-label="Range" className="border-line flex overflow-hidden rounded-md border">
          {RANGES.map((each) => (
            <button
              key={each}
              type="button"
              aria-pressed={each === range}
              onClick={() => void setRange(each)}
              className={cx(
                'h-7 px-2.5 text-sm',
                each === range ? 'bg-accent-wash text-ink font-medium' : 'text-soft hover:bg-hover',
              )}
            >
              {WORDS[each]}
            </button>
          ))}
        </div>
      }
    >
      {samples.data ? (
        <Charts samples={samples.data} media={media} />
      ) : samples.error ? (
        <TroubleNotice error={samples.error} onRetry={() => void samples.refetch()} />
      ) : (
        <Grid>
          {Array.from({ length: media ? 5 : 4 }, (_, i) => (
            <Skeleton key={i} className="h-[226px]" />
          ))}
        </Grid>
      )}
    </Section>
  );
}

function Grid({ children }: { children: React.ReactNode }) {
  return <div className="grid gap-3 lg:grid-cols-2">{children}</div>;
}

function Charts({ samples, media }: { samples: SamplesView; media: boolean }) {
  const { at, series, stepMs } = samples;
  const made = useMemo(() => {
    const of = (label: string, values: (number | null)[] | undefined): ChartSeries => ({
      label,
      values: values ?? at.map(() => null),
    });
    const ratio = (used?: (number | null)[], total?: (number | null)[]) => at.map((_, i) => share(used?.[i], total?.[i]));
    return {
      cpu: [of('CPU', series.cpu)],
      memory: [of('Memory', series.memUsed)],
      disk: [of('Disk', ratio(series.diskUsed, series.diskTotal))],
      network: [of('in', series.rxBps), of('out', series.txBps)],
      rooms: [of('rooms', series.rooms), of('people', series.participants)],
    };
  }, [at, series]);
  const memoryTotal = series.memTotal?.findLast((v) => v !== null) ?? undefined;
  const common = { at, stepMs, from: Date.parse(samples.from), to: Date.parse(samples.to) };
  return (
    <Grid>
      <Chart {...common} title="CPU" series={made.cpu} format={percent} max={1} />
      <Chart {...common} title="Memory" series={made.memory} format={bytes} max={memoryTotal} />
      {media && <Chart {...common} title="Rooms and people" series={made.rooms} format={plain} />}
      <Chart {...common} title="Network" series={made.network} format={bytesPerSecond} />
      <Chart {...common} title="Disk of the installation" series={made.disk} format={percent} max={1} />
    </Grid>
  );
}
