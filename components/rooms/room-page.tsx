'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { EgressTable } from '@/components/egress/egress-table';
import { Age } from '@/components/live/age';
import { orpc } from '@/components/live/client';
import { CopyText } from '@/components/ui/copy';
import { plural, span } from '@/components/ui/format';
import { Empty, TableSkeleton } from '@/components/ui/notice';
import { Facts, PageHeader, Panel, Section } from '@/components/ui/section';
import { StateMark } from '@/components/ui/state-mark';
import { TroubleNotice } from '@/components/ui/trouble';
import { AsOf } from '@/components/workload/as-of';
import { RECORDING, roomMark } from '@/components/workload/marks';
import type { RoomDetail } from '@/lib/contract/workload';
import { Placements } from './placements';

/** One call: where it is, who is in it, whether it is recorded; and when it is over, where it was. */
export function RoomPage({ slug, sid }: { slug: string; sid: string }) {
  const { data: room, error, refetch } = useQuery(orpc.rooms.get.queryOptions({ input: { slug, sid } }));
  if (!room)
    return (
      <>
        <PageHeader title="Room" above={<Link href={`/d/${slug}/rooms`}>Rooms</Link>} />
        {error ? <TroubleNotice error={error} onRetry={() => void refetch()} /> : <TableSkeleton rows={5} label="the room" />}
      </>
    );
  return (
    <>
      <PageHeader
        title={<span className="break-words">{room.name}</span>}
        above={<Link href={`/d/${slug}/rooms`}>Rooms</Link>}
        actions={room.endedAt === null && <AsOf slug={slug} source="redis" />}
      >
        {sentenceOf(room)}
      </PageHeader>
      <Panel className="p-4">
        <Facts items={factsOf(slug, room)} />
      </Panel>
      <Section
        title="Where it was hosted"
        lead="A room moves when its node goes away and people come back on another."
        className="mt-6"
      >
        <Placements slug={slug} placements={room.placements} />
      </Section>
      <Section title="Egress of this room" className="mt-6">
        {room.egresses.length === 0 ? (
          <Empty title="Nothing was recorded or streamed from this room." />
        ) : (
          <EgressTable slug={slug} rows={room.egresses} csvName={`${slug}-${room.sid}-egress`} inRoom />
        )}
      </Section>
    </>
  );
}

/** Whole and first: what the page is asked for at night. */
export function sentenceOf(room: Pick<RoomDetail, 'endedAt' | 'since' | 'node' | 'participants' | 'recording'>): string {
  if (room.endedAt) return `It is over; it was open for ${span(Date.parse(room.endedAt) - Date.parse(room.since))}.`;
  const people = plural(room.participants, 'person', 'people');
  const recorded = room.recording ? ', being recorded' : '';
  return room.node === null
    ? `${people} ${room.participants === 1 ? 'is' : 'are'} in it${recorded}, but the node that hosts it is not known.`
    : `${people} on ${room.node}${recorded}.`;
}

function factsOf(slug: string, room: RoomDetail) {
  return [
    { term: 'State', value: <StateMark mark={roomMark(room)} /> },
    {
      term: room.endedAt ? 'Last node' : 'Node',
      value: room.node ? (
        <Link href={`/d/${slug}/nodes/${encodeURIComponent(room.node)}`} className="text-accent underline underline-offset-2">
          {room.node}
        </Link>
      ) : (
        'not known'
      ),
    },
    { term: 'People', value: <span className="figure live-figure">{room.participants}</span> },
    { term: 'Publishing', value: <span className="figure live-figure">{room.publishers}</span> },
    { term: 'Recording', value: room.recording ? <StateMark mark={RECORDING} /> : 'no' },
    { term: 'Opened', value: <Age at={room.since} /> },
    ...(room.endedAt ? [{ term: 'Ended', value: <Age at={room.endedAt} /> }] : []),
    { term: 'SID', value: <CopyText text={room.sid} label="Copy the SID" /> },
  ];
}
