import Link from 'next/link';
import { Age } from '@/components/live/age';
import { bytes } from '@/components/ui/format';
import { StateMark } from '@/components/ui/state-mark';
import type { Column } from '@/components/ui/table/columns';
import { None } from '@/components/ui/table/table-row';
import { EGRESS_MARKS } from '@/components/workload/marks';
import type { EgressView } from '@/lib/contract/workload';

const link = 'underline-offset-2 hover:underline';

/** "3 files, 1.2 GB" would hide where they are: the first target, and how many more. */
export function outputsText(outputs: EgressView['outputs']): string {
  const [first, ...more] = outputs;
  if (!first) return 'none yet';
  const size = first.bytes === null ? '' : ` (${bytes(first.bytes)})`;
  return `${first.target}${size}${more.length > 0 ? ` and ${more.length} more` : ''}`;
}

export function egressColumns(slug: string, inRoom: boolean): Column<EgressView>[] {
  const room: Column<EgressView> = {
    id: 'room',
    header: 'Room',
    value: (e) => e.roomName,
    min: 9,
    grow: 2,
    line: 1,
    cell: (e) =>
      e.roomName === null ? (
        <span className="text-soft">no room</span>
      ) : e.roomSid === null ? (
        e.roomName
      ) : (
        <Link
          prefetch={false}
          data-row-link
          href={`/d/${slug}/rooms/${encodeURIComponent(e.roomSid)}`}
          className={`font-medium ${link}`}
        >
          {e.roomName}
        </Link>
      ),
  };
  return [
    {
      id: 'state',
      header: 'State',
      value: (e) => EGRESS_MARKS[e.status].word,
      min: 7.5,
      line: 1,
      cell: (e) => <StateMark mark={EGRESS_MARKS[e.status]} />,
    },
    ...(inRoom ? [] : [room]),
    { id: 'type', header: 'Type', value: (e) => e.type.replaceAll('_', ' '), min: 8, line: 2 },
    {
      id: 'node',
      header: 'Node',
      value: (e) => e.node,
      min: 7,
      grow: 1,
      line: 2,
      cell: (e) =>
        e.node ? (
          <Link prefetch={false} href={`/d/${slug}/nodes/${encodeURIComponent(e.node)}`} className={link}>
            {e.node}
          </Link>
        ) : (
          <None />
        ),
    },
    {
      id: 'output',
      header: 'Output',
      value: (e) => e.error ?? outputsText(e.outputs),
      min: 12,
      grow: 3,
      line: 0,
      sortable: false,
      cell: (e) =>
        e.error ? (
          <span className="text-down" data-tip={e.error}>
            {e.error}
          </span>
        ) : (
          <span className="font-mono text-sm" data-tip={e.outputs.map((o) => o.target).join(', ') || undefined}>
            {outputsText(e.outputs)}
          </span>
        ),
    },
    {
      id: 'started',
      header: 'Started',
      value: (e) => e.startedAt,
      min: 8,
      line: 2,
      cell: (e) => <Age at={e.startedAt} never="not yet" />,
    },
    {
      id: 'ended',
      header: 'Ended',
      value: (e) => e.endedAt,
      min: 8,
      line: 0,
      optional: 'shown',
      cell: (e) => <Age at={e.endedAt} never="not yet" />,
    },
    {
      id: 'id',
      header: 'ID',
      value: (e) => e.egressId,
      min: 11,
      line: 0,
      optional: 'hidden',
      cell: (e) => <span className="font-mono text-sm">{e.egressId}</span>,
    },
  ];
}
