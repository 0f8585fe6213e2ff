import type { z } from 'zod';
import { api } from '@/lib/contract/api';
import type { EventView } from '@/lib/contract/events';
import { Prisma } from '@/lib/db/client';
import { page, readCursor } from '../cursor';
import { allow, parse, type Call } from '../verb';

export type EventRow = {
  id: bigint;
  at: Date;
  slug: string | null;
  kind: string;
  severity: z.infer<typeof EventView>['severity'];
  node: string | null;
  room: string | null;
  sentence: string;
  data: Record<string, unknown>;
};

export function eventView(row: EventRow): z.infer<typeof EventView> {
  return {
    id: String(row.id),
    at: row.at.toISOString(),
    deployment: row.slug,
    kind: row.kind,
    severity: row.severity,
    node: row.node,
    room: row.room,
    sentence: row.sentence,
    data: row.data,
  };
}

/** What happened, the newest first. Deltas are for the stream only. */
export async function listEvents({ ctx, input: raw }: Call) {
  allow(ctx, 'read');
  const input = parse(api.events, raw);
  const after = readCursor(input.cursor, ['id']);
  const filters = [Prisma.empty];
  if (after) filters.push(Prisma.sql`AND e.id < ${after[0]}::bigint`);
  if (input.deployment !== undefined) filters.push(Prisma.sql`AND d.slug = ${input.deployment}`);
  if (input.node !== undefined) filters.push(Prisma.sql`AND e.node = ${input.node}`);
  if (input.severity !== undefined) filters.push(Prisma.sql`AND e.severity = ${input.severity}`);
  const rows = await ctx.db.$queryRaw<EventRow[]>`
    SELECT e.id, e.at, d.slug, e.kind, e.severity, e.node, e.room, e.sentence, e.data
    FROM event e LEFT JOIN deployment d ON d.id = e.deployment_id
    WHERE e.kind <> 'delta' ${Prisma.join(filters, ' ')} ORDER BY e.id DESC LIMIT ${input.limit + 1}`;
  return page(rows, input.limit, (r) => [String(r.id)], eventView);
}
