import type { z } from 'zod';
import { api } from '@/lib/contract/api';
import type { IngressView } from '@/lib/contract/workload';
import { Prisma } from '@/lib/db/client';
import { page, readCursor } from '../cursor';
import { deploymentId } from '../inventory/deployment-views';
import { EGRESS_SOURCES, readClocks } from '../observe/read-clocks';
import { allow, parse, type Call } from '../verb';

type View = z.infer<typeof IngressView>;
type Row = {
  ingress_id: string;
  name: string;
  type: View['type'];
  status: View['status'];
  room_name: string | null;
  participant: string | null;
  error: string | null;
  started_at: Date | null;
  ended_at: Date | null;
};

/** By id: an ingress is an endpoint that stays, whatever it does now. */
export async function listIngress({ ctx, input: raw }: Call) {
  allow(ctx, 'read');
  const input = parse(api.ingress, raw);
  const id = await deploymentId(ctx.db, input.slug);
  const after = readCursor(input.cursor, ['text']);
  const [rows, clocks] = await Promise.all([
    ctx.db.$queryRaw<Row[]>`
      SELECT ingress_id, name, type, status, room_name, participant, error, started_at, ended_at FROM ingress
      WHERE deployment_id = ${id}::uuid ${after ? Prisma.sql`AND ingress_id > ${after[0]}` : Prisma.empty}
      ORDER BY ingress_id LIMIT ${input.limit + 1}`,
    readClocks(ctx.db, [id]),
  ]);
  const fresh = clocks.get(id)?.of(EGRESS_SOURCES) ?? { asOf: null, stale: true };
  return page(
    rows,
    input.limit,
    (r) => [r.ingress_id],
    (r): View => ({
      ingressId: r.ingress_id,
      name: r.name,
      type: r.type,
      status: r.status,
      roomName: r.room_name,
      participant: r.participant,
      error: r.error,
      startedAt: r.started_at?.toISOString() ?? null,
      endedAt: r.ended_at?.toISOString() ?? null,
      ...fresh,
    }),
  );
}
