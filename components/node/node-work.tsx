'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { Age } from '@/components/live/age';
import { orpc } from '@/components/live/client';
import { freshnessOf } from '@/components/live/node-clock';
import { count, plural } from '@/components/ui/format';
import { Empty, TableSkeleton } from '@/components/ui/notice';
import { Panel, Section } from '@/components/ui/section';
import { DataTable } from '@/components/ui/table/data-table';
import type { Column } from '@/components/ui/table/columns';
import { TroubleNotice } from '@/components/ui/trouble';
import type { NodeDetail } from '@/lib/contract/inventory';
import type { RoomView } from '@/lib/contract/workload';

const LIMIT = 500;

const columns: Column<RoomView>[] = [
  {
    id: 'room',
    header: 'Room',
    value: (r) => r.name,
    cell: (r) => <span className="font-medium">{r.name}</span>,
    min: 12,
    grow: 2,
    line: 1,
  },
  { id: 'people', header: 'People', value: (r) => r.participants, min: 5, right: true },
  { id: 'publishers', header: 'Publishers', value: (r) => r.publishers, min: 6, right: true, line: 0 },
  { id: 'egress', header: 'Egress', value: (r) => r.egress, min: 5, right: true },
  { id: 'recording', header: 'Recording', value: (r) => (r.recording ? 'recording' : 'no'), min: 6, line: 0 },
  {
    id: 'sid',
    header: 'SID',
    value: (r) => r.sid,
    cell: (r) => <span className="font-mono text-sm">{r.sid}</span>,
    min: 10,
    grow: 1,
    optional: 'shown',
    line: 0,
  },
  { id: 'since', header: 'Since', value: (r) => r.since, cell: (r) => <Age at={r.since} form="for" />, min: 7, line: 1 },
];
const rowKey = (room: RoomView) => room.sid;
const filterText = (room: RoomView) => `${room.name} ${room.sid}`;

/** Who would be affected if this node went away. */
export function NodeWork({ slug, node }: { slug: string; node: NodeDetail }) {
  const rooms = useQuery(orpc.rooms.list.queryOptions({ input: { slug, node: node.name, limit: LIMIT } }));
  const egress = useQuery(orpc.egress.queryOptions({ input: { slug, node: node.name, active: 'true', limit: LIMIT } }));
  return (
    <>
      <Section title="Rooms and people on it" lead={workSentence(node)}>
        {rooms.data ? (
          <DataTable
            label="rooms"
            csvName={`${slug}-${node.name}-rooms`}
            rows={rooms.data.items}
            columns={columns}
            rowKey={rowKey}
            ownOrder="By name"
            filterText={filterText}
            href={(room) => `/d/${slug}/rooms/${encodeURIComponent(room.sid)}`}
            stale={(room) => freshnessOf(slug, room, 'rooms').stale}
            empty={
              <Empty title={node.rooms === null ? 'No room is known to be on this node.' : 'No rooms are on this node now.'} />
            }
            foot={
              rooms.data.next && (
                <p className="text-soft mt-2">
                  The first {LIMIT} are shown.{' '}
                  <Link href={`/d/${slug}/rooms?node=${encodeURIComponent(node.name)}`} className="text-accent underline">
                    All rooms of this node
                  </Link>
                </p>
              )
            }
          />
        ) : rooms.error ? (
          <TroubleNotice error={rooms.error} onRetry={() => void rooms.refetch()} />
        ) : (
          <TableSkeleton label="rooms" rows={3} />
        )}
      </Section>
      {egress.data && egress.data.items.length > 0 && (
        <Section title="Egress running here">
          <Panel>
            <ul aria-label="Egress running here">
              {egress.data.items.map((e) => (
                <li
                  key={e.egressId}
                  className="border-line flex flex-wrap items-baseline gap-x-4 border-b px-3 py-1.5 last:border-0"
                >
                  <span className="font-medium">{e.roomName ?? 'no room'}</span>
                  <span>{e.type.replaceAll('_', ' ')}</span>
                  <span className="text-soft">{e.status.toLowerCase()}</span>
                  <span className="text-soft font-mono text-sm">{e.egressId}</span>
                  <span className="text-soft ml-auto">
                    <Age at={e.startedAt} form="for" never="not started" />
                  </span>
                </li>
              ))}
            </ul>
          </Panel>
        </Section>
      )}
    </>
  );
}

export function workSentence({ rooms, participants, relayed, egress, ingress }: NodeDetail): string {
  if (rooms === null) return 'What is on it is not known.';
  const parts = [plural(rooms, 'room'), participants === null ? 'people unknown' : plural(participants, 'person', 'people')];
  parts.push(relayed === null ? 'relayed unknown' : `${count(relayed)} relayed to other nodes`);
  parts.push(`${count(egress)} egress`, `${count(ingress)} ingress`);
  return `${parts.join(', ')}.`;
}
