'use client';

import { useQuery } from '@tanstack/react-query';
import { orpc } from '@/components/live/client';
import { serverNow } from '@/components/live/clock';
import { useQuietSince } from '@/components/live/live-store';
import { explain } from '@/components/live/problem';
import { clockTime } from '@/components/ui/format';

/** No stream: says since when, and why as far as it can be told. It goes by itself when data comes again. */
export function StaleBar() {
  const since = useQuietSince();
  return (
    <div role="status">
      {since !== null && (
        <p className="border-line bg-amber-wash flex min-h-8 flex-wrap items-center gap-x-2 border-b px-4 py-1.5">
          <span aria-hidden className="text-amber">
            ▲
          </span>
          <span className="font-medium">No live data since {clockTime(new Date(since), new Date(serverNow()), true)}.</span>
          <Why />
        </p>
      )}
    </div>
  );
}

function Why() {
  const probe = useQuery(orpc.me.queryOptions({ staleTime: 0, refetchInterval: 3_000 }));
  if (!probe.error) return <span className="text-soft">What is shown is as of then. Connecting again.</span>;
  const { title, advice } = explain(probe.error);
  return (
    <span className="text-soft">
      {title} {advice}
    </span>
  );
}
