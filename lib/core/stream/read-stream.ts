import { Delta, DELTAS_KEPT_MS, type StreamMessage } from '@/lib/contract/events';
import { Prisma, type Db } from '@/lib/db/client';
import { eventView, type EventRow } from '../observe/read-events';
import { readClocks } from '../observe/read-clocks';

/** More than this is loaded anew rather than replayed. */
const REPLAY_MAX = 5_000;

export type StreamEvent = { id: bigint; message: StreamMessage };

/**
 * Events after `after` in the order of their ids, which is the order of their commits: append_event takes a lock just
 * before it inserts, so that plain `id >` skips none.
 */
export async function readStreamEvents(db: Db, after: bigint, limit: number): Promise<StreamEvent[]> {
  const rows = await db.$queryRaw<EventRow[]>`
    SELECT e.id, e.at, d.slug, e.kind, e.severity, e.node, e.room, e.sentence, e.data
    FROM event e LEFT JOIN deployment d ON d.id = e.deployment_id WHERE e.id > ${after} ORDER BY e.id LIMIT ${limit}`;
  return rows.map((row) => ({ id: row.id, message: messageOf(row) }));
}

function messageOf(row: EventRow): StreamMessage {
  if (row.kind !== 'delta') return { type: 'event', data: eventView(row) };
  // Written by the worker as a Delta; addressed by the slug, whatever it was when it was written.
  return { type: 'delta', data: { ...(row.data as Delta), ...(row.slug === null ? {} : { deployment: row.slug }) } };
}

/** The newest event that can be read now. */
export async function streamHead(db: Db): Promise<bigint> {
  const [row] = await db.$queryRaw<{ head: bigint }[]>`SELECT COALESCE(max(id), 0)::bigint AS head FROM event`;
  return row?.head ?? 0n;
}

/**
 * Whether a reader who has everything up to `position` can go on without loss. Deltas are dropped after a while, so there
 * must be no id missing after the position, or the position must be younger than what is dropped.
 */
export async function canResume(db: Db, position: bigint): Promise<boolean> {
  const [row] = await db.$queryRaw<{ after: bigint; last: bigint; young: boolean | null }[]>`
    SELECT (SELECT count(*) FROM (SELECT FROM event WHERE id > ${position} LIMIT ${REPLAY_MAX + 1}) e) AS after,
      COALESCE(pg_sequence_last_value('event_id_seq'), 0)::bigint AS last,
      (SELECT at > now() - ${`${DELTAS_KEPT_MS} milliseconds`}::interval FROM event WHERE id = ${position}) AS young`;
  if (!row || position > row.last || row.after > REPLAY_MAX) return false;
  return row.young === true || row.last - position === row.after;
}

/** The clocks of every deployment by slug. */
export async function readAllClocks(db: Db): Promise<StreamMessage> {
  const all = [...(await readClocks(db)).values()];
  const now = all[0]?.now ?? (await db.$queryRaw<{ now: Date }[]>(Prisma.sql`SELECT now() AS now`))[0]?.now ?? new Date();
  return { type: 'clocks', now: now.toISOString(), deployments: Object.fromEntries(all.map((c) => [c.slug, c.views])) };
}

export type Credential = { kind: 'session' | 'token'; id: string };

/** Which of these still admit: a signed-out session or a revoked token does not. */
export async function stillAdmitted(db: Db, credentials: Credential[]): Promise<Set<string>> {
  const ids = (kind: Credential['kind']) => [...new Set(credentials.filter((c) => c.kind === kind).map((c) => c.id))];
  const rows = await db.$queryRaw<{ key: string }[]>`
    SELECT 'session:' || id AS key FROM auth_session WHERE id = ANY(${ids('session')}) AND expires_at > now()
    UNION ALL
    SELECT 'token:' || id::text FROM api_token
    WHERE id = ANY(${ids('token')}::uuid[]) AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())`;
  return new Set(rows.map((r) => r.key));
}
