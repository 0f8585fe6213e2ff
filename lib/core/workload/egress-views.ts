import type { z } from 'zod';
import type { EgressView } from '@/lib/contract/workload';
import { Prisma, type Tx } from '@/lib/db/client';

type View = z.infer<typeof EgressView>;

export type EgressRow = {
  egress_id: string;
  status: View['status'];
  type: string;
  room_name: string | null;
  room_sid: string | null;
  node: string | null;
  error: string | null;
  outputs: View['outputs'] | null;
  started_at: Date | null;
  ended_at: Date | null;
};

/** Egress of a deployment; `tail` goes on with AND, ORDER BY and LIMIT over `e`. */
export async function readEgressRows(db: Tx, deploymentId: string, tail: Prisma.Sql): Promise<EgressRow[]> {
  return db.$queryRaw<EgressRow[]>`
    SELECT e.egress_id, e.status, e.type, e.room_name, e.room_sid, n.name AS node, e.error, e.outputs, e.started_at, e.ended_at
    FROM egress e LEFT JOIN node n ON n.id = e.node_id
    WHERE e.deployment_id = ${deploymentId}::uuid ${tail}`;
}

/** One that has not begun is the newest of all. */
export const EGRESS_SORT = Prisma.sql`COALESCE(e.started_at, 'infinity'::timestamptz)`;

export function egressView(row: EgressRow, fresh: { asOf: string | null; stale: boolean }): View {
  return {
    egressId: row.egress_id,
    status: row.status,
    type: row.type,
    roomName: row.room_name,
    roomSid: row.room_sid,
    node: row.node,
    error: row.error,
    outputs: row.outputs ?? [],
    startedAt: row.started_at?.toISOString() ?? null,
    endedAt: row.ended_at?.toISOString() ?? null,
    asOf: row.ended_at?.toISOString() ?? fresh.asOf,
    stale: row.ended_at ? false : fresh.stale,
  };
}
