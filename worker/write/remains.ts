import type { Pool, PoolClient } from 'pg';

/** Rows a table and turn: a turn holds no lock for long, the next one goes on. */
const BATCH = 5_000;
/** How long what is over is shown: events, ended rooms and their placements, ended egress. */
export const HISTORY_DAYS = 30;

/**
 * Deployments that were and are no more. Whatever was led has a lease, whatever web told of has an event; the distinct ids of the
 * event table are read by jumps through its index. One that is still led is left to its leader's end.
 */
const REMOVED = `WITH RECURSIVE told AS (
    (SELECT deployment_id AS id FROM event WHERE deployment_id IS NOT NULL ORDER BY deployment_id LIMIT 1)
    UNION ALL
    SELECT (SELECT e.deployment_id FROM event e WHERE e.deployment_id > told.id ORDER BY e.deployment_id LIMIT 1) FROM told WHERE told.id IS NOT NULL)
  SELECT id FROM (SELECT id FROM told WHERE id IS NOT NULL UNION SELECT deployment_id FROM lease) AS was
  WHERE NOT EXISTS (SELECT FROM deployment d WHERE d.id = was.id)
    AND NOT EXISTS (SELECT FROM lease l WHERE l.deployment_id = was.id AND l.expires_at > clock_timestamp())
  LIMIT 20`;

/** Deltas stay as long as the stream may still send them: one of them tells open pages of the removal. */
const TABLES: [table: string, condition: string][] = [
  ['task', 'true'], // its chunks go with it
  ['room_placement', 'true'],
  ['sample', 'true'],
  ['event', "(kind <> 'delta' OR at < clock_timestamp() - interval '10 minutes')"],
];

/**
 * Deletes what removed deployments left where no foreign key does it, discoveries of which nothing was made within a day, and
 * history past its days.
 * At most a batch a table; any worker may do it at any time, one at a time does. @returns how many rows went
 */
export async function deleteRemains(pool: Pool): Promise<number> {
  const tx = await pool.connect();
  let broken: Error | undefined;
  try {
    await tx.query("BEGIN; SET LOCAL statement_timeout = '8s'; SET LOCAL lock_timeout = '2s'");
    const { rows } = await tx.query<{ mine: boolean }>("SELECT pg_try_advisory_xact_lock(hashtext('signalbox-remains')) AS mine");
    const gone = rows[0]?.mine ? await deleteAll(tx) : 0;
    await tx.query('COMMIT');
    return gone;
  } catch (error) {
    await tx.query('ROLLBACK').catch((e: Error) => (broken = e));
    throw error;
  } finally {
    tx.release(broken);
  }
}

async function deleteAll(tx: PoolClient): Promise<number> {
  let gone = (await abandoned(tx)) + (await history(tx));
  const ids = (await tx.query<{ id: string }>(REMOVED)).rows.map((r) => r.id);
  if (ids.length === 0) return gone;
  for (const [table, condition] of TABLES) {
    const { rowCount } = await tx.query(
      `DELETE FROM ${table} WHERE (tableoid, ctid) IN (SELECT tableoid, ctid FROM ${table} WHERE deployment_id = ANY($1::uuid[]) AND ${condition} LIMIT ${BATCH})`,
      [ids],
    );
    gone += rowCount ?? 0;
  }
  // The lease last: it is what remembers that there is something left.
  const left = TABLES.map(([table]) => `NOT EXISTS (SELECT FROM ${table} x WHERE x.deployment_id = lease.deployment_id)`);
  const { rowCount } = await tx.query(`DELETE FROM lease WHERE deployment_id = ANY($1::uuid[]) AND ${left.join(' AND ')}`, [ids]);
  return gone + (rowCount ?? 0);
}

async function abandoned(tx: PoolClient): Promise<number> {
  const { rowCount } = await tx.query(
    `DELETE FROM task WHERE id IN (SELECT id FROM task t WHERE created_at < clock_timestamp() - interval '1 day'
       AND NOT EXISTS (SELECT FROM deployment d WHERE d.id = t.deployment_id) LIMIT ${BATCH})`,
  );
  return rowCount ?? 0;
}

/** Deltas are left to their deployment's leader. A room's placements go with it; those of a room that lasts stay. */
async function history(tx: PoolClient): Promise<number> {
  const over = `< clock_timestamp() - interval '${HISTORY_DAYS} days'`;
  // By deployment, because the indexes begin with it.
  const ended = (table: string, key: string) =>
    `SELECT x.deployment_id, x.${key} FROM deployment d CROSS JOIN LATERAL (SELECT deployment_id, ${key} FROM ${table}
       WHERE deployment_id = d.id AND ended_at ${over} LIMIT ${BATCH}) x LIMIT ${BATCH}`;
  const events = await tx.query(
    `DELETE FROM event WHERE id IN (SELECT id FROM event WHERE at ${over} AND kind <> 'delta' ORDER BY at LIMIT ${BATCH})`,
  );
  const rooms = await tx.query(
    `WITH gone AS (DELETE FROM room WHERE (deployment_id, sid) IN (${ended('room', 'sid')}) RETURNING deployment_id, sid),
       placed AS (DELETE FROM room_placement p USING gone WHERE p.deployment_id = gone.deployment_id AND p.room_sid = gone.sid)
     SELECT FROM gone`,
  );
  const egress = await tx.query(`DELETE FROM egress WHERE (deployment_id, egress_id) IN (${ended('egress', 'egress_id')})`);
  return (events.rowCount ?? 0) + (rooms.rowCount ?? 0) + (egress.rowCount ?? 0);
}
