import Link from 'next/link';
import { Age } from '@/components/live/age';
import { None } from '@/components/ui/table/table-row';
import type { Column } from '@/components/ui/table/columns';
import { StateMark } from '@/components/ui/state-mark';
import { RECORDING, roomMark } from '@/components/workload/marks';
import type { RoomView } from '@/lib/contract/workload';

/** Links inside a row lie above the link of the row itself. */
export const innerLink = 'relative z-[1] hover:underline underline-offset-2';

/** @param phone the row is the only target there: two links this close cannot be told apart by a finger */
export function roomColumns(slug: string, ended: boolean, phone: boolean): Column<RoomView>[] {
  return [
    {
      id: 'room',
      header: 'Room',
      value: (r) => r.name,
      min: 12,
      grow: 3,
      line: 1,
      cell: (r) => <span className="font-medium">{r.name}</span>,
    },
    {
      id: 'state',
      header: 'State',
      value: (r) => roomMark(r).word,
      min: 7,
      line: 1,
      drawn: false,
      cell: (r) => <StateMark mark={roomMark(r)} />,
    },
    {
      id: 'node',
      header: 'Node',
      value: (r) => r.node,
      min: 8,
      grow: 1,
      line: 2,
      cell: (r) =>
        r.node === null ? (
          <None />
        ) : phone ? (
          r.node
        ) : (
          <Link prefetch={false} href={`/d/${slug}/nodes/${encodeURIComponent(r.node)}`} className={innerLink}>
            {r.node}
          </Link>
        ),
    },
    { id: 'people', header: 'People', value: (r) => r.participants, min: 5, right: true, line: 2 },
    { id: 'publishers', header: 'Publishing', value: (r) => r.publishers, min: 6, right: true, line: 0, optional: 'shown' },
    {
      id: 'recording',
      header: 'Recording',
      value: (r) => (r.recording ? 'recording' : 'no'),
      min: 7,
      line: 0,
      cell: (r) => (r.recording ? <StateMark mark={RECORDING} /> : <span className="text-soft">no</span>),
    },
    { id: 'egress', header: 'Egress', value: (r) => r.egress, min: 5, right: true, line: 0, optional: 'shown' },
    ended
      ? { id: 'ended', header: 'Ended', value: (r) => r.endedAt, min: 8, line: 2, cell: (r) => <Age at={r.endedAt} /> }
      : { id: 'since', header: 'Open', value: (r) => r.since, min: 8, line: 2, cell: (r) => <Age at={r.since} form="for" /> },
    {
      id: 'sid',
      header: 'SID',
      value: (r) => r.sid,
      min: 11,
      line: 0,
      optional: 'hidden',
      cell: (r) => <span className="font-mono text-sm">{r.sid}</span>,
    },
  ];
}
