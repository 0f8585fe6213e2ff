'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { Age } from '@/components/live/age';
import { orpc } from '@/components/live/client';
import { Button, ButtonLink } from '@/components/ui/button';
import { Empty } from '@/components/ui/notice';

interface NoRoomsProps {
  slug: string;
  ended: boolean;
  filtered: boolean;
  onClear: () => void;
}

/** Empty is a guide: whether nothing matches, nothing is on, or nothing is known. */
export function NoRooms({ slug, ended, filtered, onClear }: NoRoomsProps) {
  const last = useQuery(orpc.rooms.list.queryOptions({ input: { slug, ended: 'true', limit: 1 } })).data?.items[0];
  const deployment = useQuery(orpc.deployments.get.queryOptions({ input: { slug } })).data;
  if (filtered)
    return (
      <Empty
        title={ended ? 'No ended room matches.' : 'No open room matches.'}
        actions={<Button onClick={onClear}>Clear the search</Button>}
      >
        {ended ? 'It may still be open.' : 'It may be over: look among the ended rooms.'}
      </Empty>
    );
  if (ended)
    return (
      <Empty title="No room has ended since this deployment was added.">
        A room appears here with its history when it is over.
      </Empty>
    );
  if (deployment && deployment.counts.rooms === null)
    return (
      <Empty
        title="Which rooms there are is unknown."
        actions={<ButtonLink href={`/d/${slug}/settings/check`}>Check the links</ButtonLink>}
      >
        Rooms are read from Redis and from the LiveKit API; neither has answered yet. Add one of them in the settings, or see in
        the check what it is missing.
      </Empty>
    );
  return (
    <Empty title="No rooms now.">
      {last ? (
        <>
          The last,{' '}
          <Link href={`/d/${slug}/rooms/${encodeURIComponent(last.sid)}`} className="text-accent underline underline-offset-2">
            {last.name}
          </Link>
          , ended <Age at={last.endedAt} />.
        </>
      ) : (
        'None was seen since this deployment was added. A room appears here as soon as somebody opens it.'
      )}
    </Empty>
  );
}
