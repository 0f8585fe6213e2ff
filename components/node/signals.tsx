'use client';

import { useMutation } from '@tanstack/react-query';
import Link from 'next/link';
import { Age } from '@/components/live/age';
import { orpc } from '@/components/live/client';
import { explain } from '@/components/live/problem';
import { Button } from '@/components/ui/button';
import type { Mark } from '@/components/ui/marks';
import { HEALTH_MARKS } from '@/components/ui/marks';
import { Empty } from '@/components/ui/notice';
import { StateMark } from '@/components/ui/state-mark';
import type { SignalView } from '@/lib/contract/health';

const MARKS: Record<SignalView['state'], Mark> = {
  ok: { ...HEALTH_MARKS.up, word: 'answers' },
  failing: { ...HEALTH_MARKS.unstable, word: 'failing' },
  silent: { ...HEALTH_MARKS.unknown, word: 'silent' },
  absent: { shape: '◇', word: 'not set up', tone: 'text-soft', rank: 3 },
};

export function Signals({ slug, signals }: { slug: string; signals: SignalView[] }) {
  const check = useMutation(orpc.deployments.check.mutationOptions());
  if (signals.length === 0) return <Empty title="No source has been asked about this node yet." />;
  const sorted = [...signals].sort((a, b) => MARKS[a.state].rank - MARKS[b.state].rank);
  return (
    <>
      <ul aria-label="Signals" className="border-line bg-panel overflow-hidden rounded-lg border">
        {sorted.map((signal) => (
          <li
            key={`${signal.source} ${signal.name}`}
            className="border-line grid grid-cols-[minmax(0,1fr)_auto] items-baseline gap-x-4 border-b px-3 py-1.5 last:border-0 sm:grid-cols-[13rem_6.5rem_9rem_minmax(0,1fr)]"
          >
            <span className="font-medium">{signal.name}</span>
            <StateMark mark={MARKS[signal.state]} />
            <span className="text-soft col-span-2 text-sm sm:col-span-1">
              {signal.state === 'absent' ? '' : <Age at={signal.okAt} never="has never answered" />}
            </span>
            <div className="col-span-2 min-w-0 text-sm sm:col-span-1">
              {signal.error && <p>{signal.error}</p>}
              {signal.advice && <p className="text-soft">{signal.advice}</p>}
            </div>
          </li>
        ))}
      </ul>
      <div className="mt-2 flex flex-wrap items-center gap-3">
        <Button busy={check.isPending} onClick={() => check.mutate({ slug })}>
          Check again
        </Button>
        {check.data && (
          <p role="status">
            Every link of the deployment is being tested.{' '}
            <Link href={`/d/${slug}/settings/check?task=${check.data.id}`} className="text-accent underline">
              See how it goes
            </Link>
            .
          </p>
        )}
        {check.error && (
          <p role="alert" className="text-down">
            {explain(check.error).title} {explain(check.error).advice}
          </p>
        )}
      </div>
    </>
  );
}
