import { api } from '@/lib/contract/api';
import { Prisma } from '@/lib/db/client';
import { page, readCursor } from '../cursor';
import { deploymentId } from '../inventory/deployment-views';
import { EGRESS_SOURCES, readClocks } from '../observe/read-clocks';
import { allow, parse, type Call } from '../verb';
import { EGRESS_SORT, egressView, readEgressRows } from './egress-views';

const NEVER_READ = { asOf: null, stale: true };
/** One that has not begun sorts as EGRESS_SORT does. */
const at = (date: Date | null) => date?.toISOString() ?? 'infinity';

/** The newest first; with active=true only those that run or begin. */
export async function listEgress({ ctx, input: raw }: Call) {
  allow(ctx, 'read');
  const input = parse(api.egress, raw);
  const id = await deploymentId(ctx.db, input.slug);
  const after = readCursor(input.cursor, ['time', 'text']);
  const filters = [Prisma.empty];
  if (input.active) filters.push(Prisma.sql`AND e.ended_at IS NULL AND e.status IN ('STARTING', 'ACTIVE', 'ENDING')`);
  if (input.room !== undefined) filters.push(Prisma.sql`AND (e.room_sid = ${input.room} OR e.room_name = ${input.room})`);
  if (input.node !== undefined) filters.push(Prisma.sql`AND n.name = ${input.node}`);
  if (after) filters.push(Prisma.sql`AND (${EGRESS_SORT}, e.egress_id) < (${after[0]}::timestamptz, ${after[1]})`);
  const [rows, clocks] = await Promise.all([
    readEgressRows(
      ctx.db,
      id,
      Prisma.sql`${Prisma.join(filters, ' ')} ORDER BY ${EGRESS_SORT} DESC, e.egress_id DESC LIMIT ${input.limit + 1}`,
    ),
    readClocks(ctx.db, [id]),
  ]);
  const fresh = clocks.get(id)?.of(EGRESS_SOURCES) ?? NEVER_READ;
  return page(
    rows,
    input.limit,
    (r) => [at(r.started_at), r.egress_id],
    (row) => egressView(row, fresh),
  );
}
