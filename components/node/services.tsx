import { Age } from '@/components/live/age';
import type { Mark } from '@/components/ui/marks';
import { HEALTH_MARKS } from '@/components/ui/marks';
import { Empty } from '@/components/ui/notice';
import { StateMark } from '@/components/ui/state-mark';
import type { ServiceView } from '@/lib/contract/health';

const { up, down, unstable, unknown } = HEALTH_MARKS;
const MARKS: Record<ServiceView['state'], Mark> = {
  running: { ...up, word: 'running' },
  exited: { ...down, word: 'exited' },
  dead: { ...down, word: 'dead' },
  missing: { ...down, word: 'no container' },
  restarting: { ...unstable, word: 'restarting' },
  paused: { ...unstable, word: 'paused' },
  created: { ...unstable, word: 'created' },
  unknown,
};

/** Exit codes above 128 are signals (128 + n); 137 without an out-of-memory kill is a kill by hand. */
export function exitWords({ exitCode, oomKilled, state }: Pick<ServiceView, 'exitCode' | 'oomKilled' | 'state'>): string {
  if (oomKilled) return `${exitCode ?? 137}, killed: out of memory`;
  if (exitCode === null || (state === 'running' && exitCode === 0)) return '–';
  const names: Record<number, string> = { 130: 'SIGINT', 134: 'SIGABRT', 137: 'SIGKILL', 139: 'SIGSEGV', 143: 'SIGTERM' };
  const name = names[exitCode];
  return name ? `${exitCode}, ${name}` : String(exitCode);
}

export function Services({ services }: { services: ServiceView[] }) {
  if (services.length === 0) {
    return (
      <Empty title="The containers of this node are not known.">
        They come through SSH. See below how the node stream last answered, and what to open.
      </Empty>
    );
  }
  const sorted = [...services].sort((a, b) => MARKS[a.state].rank - MARKS[b.state].rank || a.service.localeCompare(b.service));
  return (
    <div tabIndex={0} role="region" aria-label="Services" className="border-line bg-panel overflow-x-auto rounded-lg border">
      <table className="w-full border-collapse text-left">
        <thead>
          <tr className="border-line text-soft h-8 border-b text-sm">
            {['Service', 'State', 'Since', 'Restarts', 'Last exit', 'Image'].map((head) => (
              <th key={head} scope="col" className={head === 'Restarts' ? 'px-3 text-right font-medium' : 'px-3 font-medium'}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.map((s) => (
            <tr key={s.service} className="border-line h-8 border-b last:border-0">
              <th scope="row" className="px-3 font-medium whitespace-nowrap">
                {s.service}
              </th>
              <td className="px-3">
                <StateMark mark={MARKS[s.state]} />
              </td>
              <td className="px-3 whitespace-nowrap">
                <Age at={s.since} form="for" />
              </td>
              <td className={s.restartCount > 0 ? 'figure text-amber px-3 text-right' : 'figure px-3 text-right'}>
                {s.restartCount}
              </td>
              <td className={s.oomKilled ? 'text-down px-3 whitespace-nowrap' : 'px-3 whitespace-nowrap'}>{exitWords(s)}</td>
              <td className="text-soft max-w-72 truncate px-3 font-mono text-sm" data-tip={s.image ?? undefined}>
                {s.image ?? 'unknown'}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
