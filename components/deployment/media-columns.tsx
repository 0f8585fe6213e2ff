import { Sparkline } from '@/components/charts/sparkline';
import { Age } from '@/components/live/age';
import { nodeFreshness } from '@/components/live/node-clock';
import { percent, share } from '@/components/ui/format';
import { MISSING, nodeMark, UNDECLARED } from '@/components/ui/marks';
import { StateMark } from '@/components/ui/state-mark';
import type { Column } from '@/components/ui/table/columns';
import type { NodeView } from '@/lib/contract/inventory';
import type { SamplesView } from '@/lib/contract/workload';
import type { z } from 'zod';

type Series = z.infer<typeof SamplesView>['series'];

const hundredths = (ratio: number | null) => (ratio === null ? null : Math.round(ratio * 100));
const megabytes = (bps: number | null) => (bps === null ? null : Math.round(bps / 100_000) / 10);

export function mediaColumns(slug: string, series: Map<string, Series>): Column<NodeView>[] {
  const number = (
    id: string,
    header: string,
    value: (n: NodeView) => number | null,
    more: Partial<Column<NodeView>> = {},
  ): Column<NodeView> => ({ id, header, value, min: 4.25, right: true, ...more });
  return [
    {
      id: 'name',
      header: 'Node',
      value: (n) => n.name,
      cell: (n) => <span className="font-medium">{n.name}</span>,
      min: 8,
      grow: 1,
      line: 1,
    },
    {
      id: 'state',
      header: 'State',
      value: (n) => nodeMark(n).word,
      cell: (n) => <State node={n} />,
      min: 9,
      grow: 1,
      line: 1,
    },
    number('rooms', 'Rooms', (n) => n.rooms),
    number('people', 'People', (n) => n.participants, { min: 4.5 }),
    number('relayed', 'Relayed', (n) => n.relayed, { min: 5, optional: 'hidden', line: 0 }),
    number('egress', 'Egress', (n) => n.egress, { min: 4.5, optional: 'shown', line: 0 }),
    number('ingress', 'Ingress', (n) => n.ingress, { min: 4.75, optional: 'shown', line: 0 }),
    number('cpu', 'CPU', (n) => hundredths(n.figures.cpu), { unit: '%' }),
    {
      id: 'cpuLine',
      header: 'CPU, 15 min',
      value: () => null,
      cell: (n) => (
        <Sparkline values={series.get(n.name)?.cpu ?? []} max={1} label={`CPU of ${n.name}, 15 min`} format={percent} />
      ),
      min: 5.5,
      optional: 'shown',
      sortable: false,
      drawn: true,
      line: 0,
    },
    number('memory', 'Memory', (n) => hundredths(share(n.figures.memUsed, n.figures.memTotal)), {
      unit: '%',
      min: 6,
      optional: 'shown',
      line: 0,
    }),
    number('disk', 'Disk', (n) => hundredths(share(n.figures.diskUsed, n.figures.diskTotal)), {
      unit: '%',
      optional: 'shown',
      line: 0,
    }),
    number('load', 'Load', (n) => n.figures.load1, { optional: 'hidden', line: 0 }),
    number('sent', 'Sent', (n) => megabytes(n.figures.txBps), { unit: 'MB/s', min: 6, optional: 'hidden', line: 0 }),
    number('received', 'Received', (n) => megabytes(n.figures.rxBps), { unit: 'MB/s', min: 7.5, optional: 'hidden', line: 0 }),
    {
      id: 'address',
      header: 'Address',
      value: (n) => n.address,
      cell: (n) => <span className="font-mono text-sm">{n.address}</span>,
      min: 8,
      optional: 'hidden',
      line: 0,
    },
    {
      id: 'read',
      header: 'Read',
      value: (n) => n.asOf,
      cell: (n) => <Age at={() => nodeFreshness(slug, n).asOf} form="ago" className="text-soft tabular-nums" />,
      min: 5,
    },
  ];
}

function State({ node }: { node: NodeView }) {
  const mark = nodeMark(node);
  return (
    <span className="inline-flex items-center gap-2" data-tip={node.sentence}>
      <StateMark mark={mark} />
      {node.health !== 'up' && node.stage !== 'serving' && node.stage !== 'unknown' && (
        <span className="text-soft">{node.stage}</span>
      )}
      {node.drift === 'undeclared' && <StateMark mark={UNDECLARED} short />}
      {node.drift === 'missing' && <StateMark mark={MISSING} short />}
    </span>
  );
}
