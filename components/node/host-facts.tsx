import { Age } from '@/components/live/age';
import { bytes, bytesPerSecond, count, percent, share } from '@/components/ui/format';
import { Facts, Panel } from '@/components/ui/section';
import type { NodeDetail } from '@/lib/contract/inventory';

/** Latest figures of the machine; a chart of most of them stands above. */
export function HostFacts({ node }: { node: NodeDetail }) {
  const f = node.figures;
  const of = (used: number | null, total: number | null) => {
    const ratio = share(used, total);
    return ratio === null ? 'unknown' : `${percent(ratio)}: ${bytes(used)} of ${bytes(total)}`;
  };
  const offset = f.clockOffsetMs;
  return (
    <Panel className="px-3 py-2.5">
      <Facts
        className="lg:grid-cols-[max-content_minmax(0,1fr)_max-content_minmax(0,1fr)]"
        items={[
          {
            term: 'CPU',
            value: `${percent(f.cpu)} of ${count(f.cpus)} cores, load ${f.load1 === null ? 'unknown' : f.load1.toFixed(2)}`,
          },
          { term: 'Memory', value: of(f.memUsed, f.memTotal) },
          { term: 'Disk of the installation', value: of(f.diskUsed, f.diskTotal) },
          { term: 'Network', value: `${bytesPerSecond(f.rxBps)} in, ${bytesPerSecond(f.txBps)} out` },
          { term: 'Started', value: <Age at={f.bootedAt} never="unknown" /> },
          { term: 'Reboots seen', value: count(f.reboots) },
          { term: 'Out-of-memory kills since the start', value: count(f.oomKills) },
          {
            term: 'Clock against Redis',
            value: offset === null ? 'unknown' : `${(Math.abs(offset) / 1000).toFixed(1)} s ${offset < 0 ? 'behind' : 'ahead'}`,
          },
          { term: 'Tracks', value: `${count(f.tracksIn)} in, ${count(f.tracksOut)} out` },
          { term: 'LiveKit id', value: node.livekitNodeId ? <code className="font-mono">{node.livekitNodeId}</code> : 'unknown' },
        ]}
      />
    </Panel>
  );
}
