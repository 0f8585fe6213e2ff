import { setMaxListeners } from 'node:events';
import type { Db } from '@/lib/db/client';
import type { Opener } from '@/lib/db/seal';
import type { CheckStep } from '@/lib/contract/tasks';
import { asLinkError, LinkError } from '@/lib/links/errors';
import { check } from './check';
import { discover } from './discover';
import { appendStep, claimTask, type ClaimedTask, finishTask, renewTask, returnTask } from './task-rows';

export type TaskContext = {
  db: Db;
  opener: Opener;
  /** Each step as it begins and as it ends; a later one of the same key replaces the earlier. */
  report: (step: CheckStep) => void;
  signal: AbortSignal;
};
type Options = {
  db: Db;
  opener: Opener;
  workerId: string;
  signal: AbortSignal;
  /** At a time; default 4. */
  concurrency?: number;
  /** For the log: never carries a secret. */
  onError?: (message: string, error: unknown) => void;
};

const POLL_MS = 400;
const HEARTBEAT_MS = 3_000;
/** No check or discovery takes longer; what then still runs is told as not answered. */
const TASK_LIMIT_MS = 120_000;

/** Carries out the tasks that web queued until `signal` aborts; then gives back what it has not finished and returns. */
export async function runTasks({
  db,
  opener,
  workerId,
  signal,
  concurrency = 4,
  onError = () => undefined,
}: Options): Promise<void> {
  const running = new Set<Promise<void>>();
  while (!signal.aborted) {
    const task = running.size < concurrency ? await claim(db, workerId, onError) : null;
    if (task) {
      const work = carryOut(task, { db, opener, workerId, signal, onError }).finally(() => running.delete(work));
      running.add(work);
    } else await pause(POLL_MS, signal);
  }
  await Promise.all(running);
}

async function claim(db: Db, workerId: string, onError: NonNullable<Options['onError']>): Promise<ClaimedTask | null> {
  try {
    return await claimTask(db, workerId);
  } catch (error) {
    // The database is away: the loop asks again.
    onError('tasks cannot be read', error);
    return null;
  }
}

type Work = Required<Pick<Options, 'db' | 'opener' | 'workerId' | 'signal' | 'onError'>>;

async function carryOut(task: ClaimedTask, { db, opener, workerId, signal, onError }: Work): Promise<void> {
  const lost = new AbortController();
  const steps = new StepWriter((step) => appendStep(db, task.id, workerId, step), onError);
  const heartbeat = setInterval(() => {
    renewTask(db, task.id, workerId).then(
      (ours) => (ours ? undefined : lost.abort()),
      (error: unknown) => onError('a task could not be renewed', error),
    );
  }, HEARTBEAT_MS);
  try {
    const limit = AbortSignal.any([signal, lost.signal, AbortSignal.timeout(TASK_LIMIT_MS)]);
    // One listener a link and probe under way: many, and bounded by the task.
    setMaxListeners(0, limit);
    const act = task.kind === 'check' ? check : task.kind === 'discover' ? discover : null;
    if (!act) throw new LinkError(`This worker knows no task of kind ${task.kind}.`, 'Is it older than the web process?');
    const result = await act(task, { db, opener, report: (step) => steps.add(step), signal: limit });
    await steps.written();
    if (signal.aborted) return await returnTask(db, task.id, workerId);
    await finishTask(db, task.id, workerId, { status: 'done', result });
  } catch (error) {
    await end(task, error, { db, workerId, signal, onError }, steps).catch((e: unknown) =>
      onError('a task could not be ended', e),
    );
  } finally {
    clearInterval(heartbeat);
  }
}

async function end(
  task: ClaimedTask,
  error: unknown,
  { db, workerId, signal, onError }: Omit<Work, 'opener'>,
  steps: StepWriter,
) {
  await steps.written();
  if (signal.aborted) return returnTask(db, task.id, workerId);
  if (!(error instanceof LinkError)) onError(`task ${task.kind} broke`, error);
  const known = error instanceof LinkError ? error : asLinkError(null, 'Signalbox');
  const text = known.advice ? `${known.message} ${known.advice}` : known.message;
  return finishTask(db, task.id, workerId, { status: 'failed', error: text });
}

/** Writes steps one after the other, in the order they came. */
class StepWriter {
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly write: (step: CheckStep) => Promise<void>,
    private readonly onError: NonNullable<Options['onError']>,
  ) {}

  add(step: CheckStep): void {
    this.last = this.last
      .then(() => this.write(step))
      .catch((error: unknown) => this.onError('a step could not be written', error));
  }

  written(): Promise<void> {
    return this.last;
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}
