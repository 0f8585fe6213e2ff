import type { z } from 'zod';
import { api } from '@/lib/contract/api';
import { SAMPLE_METRICS, SampleMetric, type SamplesView } from '@/lib/contract/workload';
import { Prisma, type Tx } from '@/lib/db/client';
import { InvalidInput, NotFound } from '../errors';
import { deploymentId } from '../inventory/deployment-views';
import { allow, parse, type Call } from '../verb';

type Metric = z.infer<typeof SampleMetric>;
type Window = { from: number; to: number; stepMs: number };

const POINTS = 500;
const SPARK_POINTS = 120;
const UNIT_MS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const STEPS_MS = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400].map((s) => s * 1000);

/** One node over a range: `range` back from now, or from/to. */
export async function nodeSamples({ ctx, input: raw }: Call) {
  allow(ctx, 'read');
  const input = parse(api.nodes.samples, raw);
  const id = await deploymentId(ctx.db, input.slug);
  const node = await ctx.db.node.findFirst({ where: { deploymentId: id, name: input.node, forgottenAt: null } });
  if (!node) throw new NotFound(`node ${input.node} in ${input.slug}`);
  const to = input.to ? Date.parse(input.to) : ctx.now.getTime();
  const from = input.from ? Date.parse(input.from) : to - rangeMs(input.range ?? '1h');
  if (from >= to) throw new InvalidInput([{ field: 'from', detail: 'from is before to' }]);
  const metrics = input.metrics === undefined ? [...SAMPLE_METRICS] : metricsOf(input.metrics);
  const [view] = await readSamples(ctx.db, [node], windowOf(from, to, POINTS), metrics);
  return view ?? emptySamples(node.name, windowOf(from, to, POINTS));
}

/** Every node, for sparklines. */
export async function deploymentSamples({ ctx, input: raw }: Call) {
  allow(ctx, 'read');
  const input = parse(api.samples, raw);
  const id = await deploymentId(ctx.db, input.slug);
  const nodes = await ctx.db.node.findMany({ where: { deploymentId: id, forgottenAt: null }, orderBy: { name: 'asc' } });
  const to = ctx.now.getTime();
  return {
    items: await readSamples(ctx.db, nodes, windowOf(to - rangeMs(input.range), to, SPARK_POINTS), metricsOf(input.metrics)),
  };
}

function rangeMs(range: string): number {
  const ms = Number.parseInt(range, 10) * (UNIT_MS[range.at(-1) ?? 'm'] ?? 0);
  if (ms > 0 && ms <= 400 * 86_400_000) return ms;
  throw new InvalidInput([{ field: 'range', detail: 'between 1m and 400d' }]);
}

function metricsOf(list: string): Metric[] {
  return [
    ...new Set(
      list
        .split(',')
        .map((m) => m.trim())
        .filter(Boolean),
    ),
  ].map((m) => {
    const metric = SampleMetric.safeParse(m);
    if (metric.success) return metric.data;
    throw new InvalidInput([{ field: 'metrics', detail: `${m} is none of ${SAMPLE_METRICS.join(', ')}` }]);
  });
}

/** Bounds on multiples of the step, so that the same range read twice gives the same points. */
function windowOf(from: number, to: number, points: number): Window {
  const stepMs =
    STEPS_MS.find((s) => (to - from) / s <= points - 1) ?? Math.ceil((to - from) / (points - 1) / 86_400_000) * 86_400_000;
  return { from: Math.floor(from / stepMs) * stepMs, to, stepMs };
}

const COLUMN = Object.fromEntries(SAMPLE_METRICS.map((m) => [m, m.replaceAll(/[A-Z]/g, (c) => `_${c.toLowerCase()}`)]));

/** Means by step; a step without a sample is null, a gap. Column names are of a fixed list, never of the request. */
async function readSamples(db: Tx, nodes: { id: string; name: string }[], window: Window, metrics: Metric[]) {
  const { from, to, stepMs } = window;
  const columns = metrics.map((m) => `avg(${COLUMN[m]})::float8 AS "${m}"`).join(', ');
  type Row = { node_id: string; step: number } & Partial<Record<Metric, number | null>>;
  const rows = await db.$queryRaw<Row[]>`
    SELECT node_id, floor((extract(epoch FROM at) * 1000 - ${from}::float8) / ${stepMs}::float8)::int AS step
      ${metrics.length === 0 ? Prisma.empty : Prisma.raw(`, ${columns}`)}
    FROM sample
    WHERE node_id = ANY(${nodes.map((n) => n.id)}::uuid[]) AND at >= ${new Date(from)} AND at <= ${new Date(to)}
    GROUP BY 1, 2`;
  const views = new Map(nodes.map((n) => [n.id, emptySamples(n.name, window, metrics)]));
  for (const row of rows) {
    const series = views.get(row.node_id)?.series;
    if (!series) continue;
    for (const m of metrics) {
      const values = series[m];
      if (values && row.step >= 0 && row.step < values.length) values[row.step] = row[m] ?? null;
    }
  }
  return [...views.values()];
}

function emptySamples(node: string, { from, to, stepMs }: Window, metrics: Metric[] = []): z.infer<typeof SamplesView> {
  const count = Math.floor((to - from) / stepMs) + 1;
  return {
    node,
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    stepMs,
    at: Array.from({ length: count }, (_, i) => from + i * stepMs),
    series: Object.fromEntries(metrics.map((m) => [m, Array.from<null>({ length: count }).fill(null)])),
  };
}
