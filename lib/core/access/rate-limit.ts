import type { Db } from '@/lib/db/client';
import { TooManyRequests } from '../errors';

/** Longer than any window, of ours and of better-auth. */
const KEPT_MS = 3600_000;

/**
 * Counts a try in the database, so that replicas share the limit. Not part of a verb's transaction: a refused try counts.
 * @throws TooManyRequests after `max` tries in `windowMs` from the first one.
 */
export async function countTry(db: Db, key: string, { max, windowMs }: { max: number; windowMs: number }): Promise<void> {
  const [row] = await db.$queryRaw<{ count: number; wait_ms: number }[]>`
    INSERT INTO auth_rate_limit AS r (id, key, count, last_request)
    VALUES (${crypto.randomUUID()}, ${key}, 1, (extract(epoch FROM clock_timestamp()) * 1000)::bigint)
    ON CONFLICT (key) DO UPDATE SET
      count = CASE WHEN excluded.last_request - r.last_request >= ${windowMs} THEN 1 ELSE r.count + 1 END,
      last_request = CASE WHEN excluded.last_request - r.last_request >= ${windowMs} THEN excluded.last_request ELSE r.last_request END
    RETURNING count, (last_request + ${windowMs} - (extract(epoch FROM clock_timestamp()) * 1000))::int AS wait_ms`;
  if (row?.count === 1) await dropOldTries(db);
  if (row && row.count > max) throw new TooManyRequests(Math.max(1, Math.ceil(row.wait_ms / 1000)));
}

/** Strangers choose what is counted, such as addresses nobody has: tries that are long over leave, a bounded lot at a time. */
async function dropOldTries(db: Db): Promise<void> {
  await db.$executeRaw`
    DELETE FROM auth_rate_limit WHERE id IN (
      SELECT id FROM auth_rate_limit WHERE last_request < (extract(epoch FROM clock_timestamp()) * 1000)::bigint - ${KEPT_MS}
      LIMIT 1000 FOR UPDATE SKIP LOCKED)`;
}
