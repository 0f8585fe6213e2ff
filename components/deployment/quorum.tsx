import Link from 'next/link';
import { cx } from '@/components/ui/cx';
import { HEALTH_MARKS, nodeMark } from '@/components/ui/marks';
import { Empty } from '@/components/ui/notice';
import { StateMark } from '@/components/ui/state-mark';
import type { QuorumMatrix, QuorumRow } from '@/lib/contract/health';
import type { NodeView } from '@/lib/contract/inventory';

interface Props {
  slug: string;
  matrix: QuorumMatrix;
  masters: NodeView[];
}

/** Services × masters. A row says what its state means; the masters' own health stands in the head. */
export function Quorum({ slug, matrix, masters }: Props) {
  const names = masters.length > 0 ? masters.map((m) => m.name) : (matrix.rows[0]?.cells.map((c) => c.node) ?? []);
  if (matrix.rows.length === 0 || names.length === 0) {
    return (
      <Empty title="Nothing is known of the master nodes.">
        Give their addresses and an SSH user under{' '}
        <Link href={`/d/${slug}/settings`} className="text-accent underline">
          links and settings
        </Link>
        ; Signalbox then shows each service of each master here.
      </Empty>
    );
  }
  return (
    <div className="border-line bg-panel overflow-x-auto rounded-lg border">
      <table className="w-full border-collapse text-left">
        <thead>
          <tr className="border-line h-8 border-b align-middle">
            <th scope="col" className="bg-panel text-soft sticky left-0 z-[1] px-3 text-sm font-medium">
              Service
            </th>
            {names.map((name) => (
              <MasterHead key={name} slug={slug} name={name} node={masters.find((m) => m.name === name)} />
            ))}
            <th scope="col" className="text-soft px-3 text-right text-sm font-medium whitespace-nowrap">
              Up
            </th>
            <th scope="col" className="text-soft px-3 text-right text-sm font-medium whitespace-nowrap">
              Needs
            </th>
            <th scope="col" className="text-soft w-[38%] min-w-64 px-3 text-sm font-medium">
              What it means
            </th>
          </tr>
        </thead>
        <tbody>
          {matrix.rows.map((row) => (
            <Row key={row.service} row={row} names={names} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function MasterHead({ slug, name, node }: { slug: string; name: string; node: NodeView | undefined }) {
  return (
    <th scope="col" className="px-3 font-medium whitespace-nowrap">
      <Link
        href={`/d/${slug}/nodes/${encodeURIComponent(name)}`}
        data-row-link
        className="inline-flex min-h-6 items-center gap-1.5 hover:underline"
      >
        {node && <StateMark mark={nodeMark(node)} short />}
        {name}
      </Link>
    </th>
  );
}

function Row({ row, names }: { row: QuorumRow; names: string[] }) {
  const cells = new Map(row.cells.map((cell) => [cell.node, cell]));
  return (
    <tr className="border-line h-8 border-b last:border-0">
      <th scope="row" className="bg-panel sticky left-0 z-[1] px-3 font-normal whitespace-nowrap">
        <span className="flex items-center gap-2">
          <StateMark mark={HEALTH_MARKS[row.state]} short />
          {row.service}
        </span>
      </th>
      {names.map((name) => {
        const cell = cells.get(name);
        return (
          <td key={name} className="px-3 whitespace-nowrap">
            {cell ? (
              <span className="flex items-center gap-1.5">
                <StateMark mark={HEALTH_MARKS[cell.state]} short={cell.note !== null} />
                {cell.note && <span className="text-soft">{cell.note}</span>}
              </span>
            ) : (
              <span className="text-soft">not here</span>
            )}
          </td>
        );
      })}
      <td className="px-3 text-right whitespace-nowrap tabular-nums">
        {row.up} of {row.of}
      </td>
      <td className="px-3 text-right tabular-nums">{row.need}</td>
      <td className={cx('px-3 whitespace-nowrap sm:whitespace-normal', row.state === 'up' && 'text-soft')}>{row.sentence}</td>
    </tr>
  );
}
