import { type Db, Prisma } from '@/lib/db/client';
import type { CheckStep } from '@/lib/contract/tasks';

export type ClaimedTask = { id: string; kind: string; deploymentId: string; input: unknown };

/** A task whose worker has not renewed it for this long is taken over by another. */
export const TAKE_OVER_MS = 12_000;
/** What nobody finished within this time is given up, so that a task that ends its worker does not end them all in turn. */
const GIVE_UP_MS = 600_000;

/** The oldest waiting or orphaned task, ours from now on; all by the database's clock. */
export async function claimTask(db: Db, workerId: string): Promise<ClaimedTask | null> {
  await db.$executeRaw`
    UPDATE task SET status = 'failed', error = 'Nobody finished it: the workers that tried went away.', finished_at = now()
    WHERE status = 'running' AND heartbeat_at < now() - make_interval(secs => ${TAKE_OVER_MS / 1000})
      AND started_at < now() - make_interval(secs => ${GIVE_UP_MS / 1000})`;
  const rows = await db.$queryRaw<ClaimedTask[]>`
    UPDATE task SET status = 'running', claimed_by = ${workerId}, started_at = coalesce(started_at, now()), heartbeat_at = now()
    WHERE id = (
      SELECT id FROM task
      WHERE status = 'queued'
         OR (status = 'running' AND heartbeat_at < now() - make_interval(secs => ${TAKE_OVER_MS / 1000}))
      ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id, kind, deployment_id AS "deploymentId", input`;
  return rows[0] ?? null;
}

/** @returns false: it is no longer ours, whatever it found must not be written */
export async function renewTask(db: Db, id: string, workerId: string): Promise<boolean> {
  return (
    (await db.$executeRaw`
    UPDATE task SET heartbeat_at = now() WHERE id = ${id}::uuid AND claimed_by = ${workerId} AND status = 'running'`) === 1
  );
}

/** Behind the chunks of whoever had it before. */
export async function appendStep(db: Db, id: string, workerId: string, step: CheckStep): Promise<void> {
  await db.$executeRaw`
    INSERT INTO task_chunk (task_id, seq, data)
    SELECT t.id, coalesce((SELECT max(seq) FROM task_chunk WHERE task_id = t.id), 0) + 1, ${JSON.stringify(step)}::jsonb
    FROM task t WHERE t.id = ${id}::uuid AND t.claimed_by = ${workerId} AND t.status = 'running'`;
}

export async function finishTask(
  db: Db,
  id: string,
  workerId: string,
  end: { status: 'done'; result: object | null } | { status: 'failed'; error: string },
): Promise<void> {
  const result = end.status === 'done' && end.result ? JSON.stringify(end.result) : null;
  const error = end.status === 'failed' ? end.error : null;
  await db.$executeRaw`
    UPDATE task SET status = ${end.status}, result = ${result}::jsonb, error = ${error}, finished_at = now(), heartbeat_at = now()
    WHERE id = ${id}::uuid AND claimed_by = ${workerId} AND status = 'running'`;
}

/** A worker that ends gives its tasks back at once instead of letting them time out. */
export async function returnTask(db: Db, id: string, workerId: string): Promise<void> {
  await db.$executeRaw(Prisma.sql`
    UPDATE task SET status = 'queued', claimed_by = NULL WHERE id = ${id}::uuid AND claimed_by = ${workerId} AND status = 'running'`);
}
