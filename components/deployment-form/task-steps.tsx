import { Age } from '@/components/live/age';
import type { Mark } from '@/components/ui/marks';
import { StateMark } from '@/components/ui/state-mark';
import { plural } from '@/components/ui/format';
import type { CheckStep, TaskView } from '@/lib/contract/tasks';

const MARKS: Record<CheckStep['state'], Mark> = {
  running: { shape: '◔', word: 'running', tone: 'text-work', rank: 3 },
  ok: { shape: '●', word: 'works', tone: 'text-up', rank: 4 },
  warning: { shape: '▲', word: 'needs a look', tone: 'text-amber', rank: 1 },
  failed: { shape: '■', word: 'failed', tone: 'text-down', rank: 0 },
  skipped: { shape: '◌', word: 'not tested', tone: 'text-unknown', rank: 2 },
};

/** "5 links work, 1 failed, 2 not tested": the same words for eye and ear. */
export function stepsSentence(task: TaskView): string {
  const n = (state: CheckStep['state']) => task.steps.filter((s) => s.state === state).length;
  const running = task.status === 'queued' || task.status === 'running';
  if (task.status === 'queued' && task.steps.length === 0) return 'Waits for a worker.';
  const parts = [
    n('failed') > 0 ? `${n('failed')} failed` : '',
    n('warning') > 0 ? `${n('warning')} need${n('warning') === 1 ? 's' : ''} a look` : '',
    n('skipped') > 0 ? `${n('skipped')} not tested` : '',
  ].filter(Boolean);
  const works = n('ok') === 0 && parts.length > 0 ? '' : `${plural(n('ok'), 'link')} work${n('ok') === 1 ? 's' : ''}`;
  const all = n('ok') === task.steps.length && n('ok') > 1 && !running;
  const sentence = [all ? `All ${works}` : works, ...parts].filter(Boolean).join(', ');
  return running ? `Testing: ${sentence} so far.` : `${sentence}.`;
}

/** One line a link: what was found or what failed, and what to do about it. Lines appear in the order of the task. */
export function TaskSteps({ task }: { task: TaskView }) {
  return (
    <div>
      <p role="status" className="mb-2 font-medium">
        {stepsSentence(task)}
      </p>
      {task.status === 'queued' && (
        <p className="text-soft mb-2">
          Asked <Age at={task.createdAt} />. When no worker takes it, see whether the worker of Signalbox runs.
        </p>
      )}
      <ol className="border-line bg-panel overflow-hidden rounded-lg border">
        {task.steps.map((s) => (
          <li
            key={s.key}
            data-step={s.key}
            data-state={s.state}
            className="border-line grid gap-x-4 gap-y-0.5 border-b px-3 py-1.5 last:border-0 sm:grid-cols-[8rem_minmax(0,14rem)_minmax(0,1fr)_max-content]"
          >
            <StateMark mark={MARKS[s.state]} />
            <span className="font-medium break-words">{s.label}</span>
            <span className="min-w-0 break-words">
              {s.detail && <span className="block">{s.detail}</span>}
              {s.advice && <span className="text-soft block">{s.advice}</span>}
            </span>
            <span className="figure text-soft text-right text-sm max-sm:hidden">
              {s.ms === null ? '' : `${Math.round(s.ms)} ms`}
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}
