import { setTimeout as delay } from 'node:timers/promises';
import type { CheckStep, DiscoverTaskInput, DiscoverTaskResult } from '@/lib/contract/tasks';
import { as } from './roles';

interface Play {
  steps: CheckStep[];
  result?: DiscoverTaskResult;
  error?: string;
}
export interface PlayedTask {
  id: string;
  kind: 'check' | 'discover';
  /** Of a discovery; empty for a check. */
  input: DiscoverTaskInput;
}

const STEP_MS = 30;
const LIMIT_MS = 30_000;

/**
 * Simulates the worker for one task: takes the next queued one and writes what `play` says, step by step, as the worker
 * does. @throws when none was queued within 30 s
 */
export async function playNextTask(play: (task: PlayedTask) => Play): Promise<PlayedTask> {
  return as('worker', async (db) => {
    const end = Date.now() + LIMIT_MS;
    for (;;) {
      const { rows } = await db.query<PlayedTask>(
        `UPDATE task SET status = 'running', started_at = now(), claimed_by = 'simulated', heartbeat_at = now()
         WHERE id = (SELECT id FROM task WHERE status = 'queued' ORDER BY created_at LIMIT 1) RETURNING id, kind, input`,
      );
      const [task] = rows;
      if (!task && Date.now() > end) throw new Error('no task was queued');
      if (!task) {
        await delay(50);
        continue;
      }
      const { steps, result, error } = play(task);
      for (const [seq, step] of steps.entries()) {
        await db.query('INSERT INTO task_chunk (task_id, seq, data) VALUES ($1, $2, $3)', [task.id, seq + 1, step]);
        await delay(STEP_MS);
      }
      await db.query('UPDATE task SET status = $2, result = $3, error = $4, finished_at = now() WHERE id = $1', [
        task.id,
        error ? 'failed' : 'done',
        result ?? null,
        error ?? null,
      ]);
      return task;
    }
  });
}

/** A step with what is not said left empty. */
export const step = (key: string, label: string, more: Partial<CheckStep> = {}): CheckStep => ({
  key,
  label,
  state: 'ok',
  detail: null,
  advice: null,
  ms: 12,
  hostKey: null,
  ...more,
});

/** A fingerprint that no machine has; the same for the same endpoint. */
export const fingerprint = (endpoint: string): string =>
  `SHA256:${Buffer.from(endpoint.padEnd(32, '-')).toString('base64').slice(0, 43)}`;
