import { Age } from '@/components/live/age';
import { SEVERITY_MARKS } from '@/components/ui/marks';
import { Panel } from '@/components/ui/section';
import { StateMark } from '@/components/ui/state-mark';
import type { Reason } from '@/lib/contract/health';

const ORDER = { critical: 0, warning: 1, info: 2 };

/** Whole sentences, the worst first, each with since when and which signal says so. */
export function Reasons({ reasons }: { reasons: Reason[] }) {
  const sorted = [...reasons].sort((a, b) => ORDER[a.severity] - ORDER[b.severity]);
  return (
    <Panel>
      <ul aria-label="Reasons">
        {sorted.map((reason, i) => (
          <li
            key={`${reason.code}-${i}`}
            className="border-line flex flex-wrap items-baseline gap-x-3 border-b px-3 py-1.5 last:border-0"
          >
            <StateMark mark={SEVERITY_MARKS[reason.severity]} className="w-[5.5rem] shrink-0" />
            <span className="min-w-0 flex-1 basis-60">{reason.sentence}</span>
            <span className="text-soft text-sm">
              {reason.source ? `by ${SOURCE_WORDS[reason.source]}` : 'by several signals'}
              {reason.since && (
                <>
                  , <Age at={reason.since} form="for" />
                </>
              )}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

export const SOURCE_WORDS: Record<NonNullable<Reason['source']>, string> = {
  redis: 'Redis',
  presence: 'pub/sub presence',
  sentinel: 'Sentinel',
  livekit: 'LiveKit API',
  stream: 'node stream (SSH)',
  http: 'HTTP',
  mongo: 'MongoDB',
};
