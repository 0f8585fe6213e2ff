'use client';

import { Age } from '@/components/live/age';
import { useClocks } from '@/components/live/live-store';
import { serverNow } from '@/components/live/clock';
import { span } from '@/components/ui/format';
import type { Mark } from '@/components/ui/marks';
import { HEALTH_MARKS } from '@/components/ui/marks';
import { Section } from '@/components/ui/section';
import { StateMark } from '@/components/ui/state-mark';
import type { SourceClockView } from '@/lib/contract/health';
import { SOURCE_WORDS } from './reasons';

/** Every source on its own clock: when it last answered, for which nodes it did not, and what was wrong. */
export function Sources({ slug, clocks: loaded }: { slug: string; clocks: SourceClockView[] }) {
  const live = useClocks(slug);
  const clocks = live.length > 0 ? live : loaded;
  return (
    <Section title="Sources" lead="What Signalbox reads from, and when each last answered.">
      {clocks.length === 0 ? (
        <p className="text-soft">No worker has read this deployment yet.</p>
      ) : (
        <ul aria-label="Sources" className="border-line bg-panel overflow-hidden rounded-lg border">
          {clocks.map((clock) => (
            <SourceRow key={clock.source} clock={clock} />
          ))}
        </ul>
      )}
    </Section>
  );
}

const failing: Mark = { ...HEALTH_MARKS.unstable, word: 'failing' };
const partly: Mark = { ...HEALTH_MARKS.unstable, word: 'partly' };
const silent: Mark = { ...HEALTH_MARKS.unknown, word: 'silent' };
const never: Mark = { ...HEALTH_MARKS.unknown, word: 'never' };
const well: Mark = { ...HEALTH_MARKS.up, word: 'answers' };

export function sourceMark(clock: SourceClockView, now: number): Mark {
  if (clock.okAt === null) return clock.error ? failing : never;
  if (now - Date.parse(clock.okAt) > clock.limitMs) return clock.error ? failing : silent;
  if (Object.values(clock.exceptions).some((e) => e.error !== null)) return partly;
  return well;
}

function SourceRow({ clock }: { clock: SourceClockView }) {
  const exceptions = Object.entries(clock.exceptions).filter(([, e]) => e.error !== null);
  return (
    <li className="border-line grid grid-cols-[minmax(0,1fr)_auto] items-baseline gap-x-4 border-b px-3 py-1.5 last:border-0 sm:grid-cols-[10rem_6rem_8rem_minmax(0,1fr)]">
      <span className="font-medium">{SOURCE_WORDS[clock.source]}</span>
      <StateMark mark={sourceMark(clock, serverNow())} />
      <span className="text-soft col-span-2 text-sm sm:col-span-1">
        <Age at={clock.okAt} limitMs={clock.limitMs} never="has never answered" />
      </span>
      <div className="col-span-2 min-w-0 text-sm sm:col-span-1">
        {clock.error && <p>{clock.error}</p>}
        {exceptions.map(([node, e]) => (
          <p key={node}>
            <span className="font-medium">{node}</span>: {e.error}
            {e.okAt && (
              <span className="text-soft">
                , last answered <Age at={e.okAt} />
              </span>
            )}
          </p>
        ))}
        {!clock.error && exceptions.length === 0 && <p className="text-soft">Stale after {span(clock.limitMs)}.</p>}
      </div>
    </li>
  );
}
