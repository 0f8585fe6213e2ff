import type { z } from 'zod';
import { api } from '@/lib/contract/api';
import type { RoomView } from '@/lib/contract/workload';
import { Prisma, type Tx } from '@/lib/db/client';
import { page, readCursor } from '../cursor';
import { NotFound } from '../errors';
import { deploymentId } from '../inventory/deployment-views';
import { EGRESS_SOURCES, readClocks, type Clocks } from '../observe/read-clocks';
import { allow, parse, type Call } from '../verb';
import { egressView, readEgressRows } from './egress-views';

type RoomRow = {
  name: string;
  sid: string;
  node: string | null;
  participants: number;
  publishers: number;
  recording: boolean;
  egress: number;
  started_at: Date;
  ended_at: Date | null;
};

/** Live rooms by name; with ended=true those that are over, the newest end first. */
export async function listRooms({ ctx, input: raw }: Call) {
  allow(ctx, 'read');
  const input = parse(api.rooms.list, raw);
  const id = await deploymentId(ctx.db, input.slug);
  const after = readCursor(input.cursor, input.ended ? ['time', 'text'] : ['text', 'text']);
  const filters: Prisma.Sql[] = [];
  if (input.node !== undefined) filters.push(Prisma.sql`AND n.name = ${input.node}`);
  if (input.search) {
    const like = `%${input.search.replaceAll(/[\\%_]/g, (c) => `\\${c}`)}%`;
    filters.push(Prisma.sql`AND (r.name ILIKE ${like} OR r.sid = ${input.search})`);
  }
  if (after) {
    filters.push(
      input.ended
        ? Prisma.sql`AND (r.ended_at, r.sid) < (${after[0]}::timestamptz, ${after[1]})`
        : Prisma.sql`AND (r.name, r.sid) > (${after[0]}, ${after[1]})`,
    );
  }
  const [rows, clocks] = await Promise.all([
    readRoomRows(
      ctx.db,
      id,
      input.ended ? Prisma.sql`r.ended_at IS NOT NULL` : Prisma.sql`r.ended_at IS NULL`,
      Prisma.sql`${Prisma.join([Prisma.empty, ...filters], ' ')}
        ORDER BY ${input.ended ? Prisma.sql`r.ended_at DESC, r.sid DESC` : Prisma.sql`r.name, r.sid`} LIMIT ${input.limit + 1}`,
    ),
    readClocks(ctx.db, [id]),
  ]);
  const keyOf = (r: RoomRow) => (r.ended_at ? [r.ended_at.toISOString(), r.sid] : [r.name, r.sid]);
  return page(rows, input.limit, keyOf, (row) => roomView(row, clocks.get(id)));
}

export async function getRoom({ ctx, input: raw }: Call) {
  allow(ctx, 'read');
  const { slug, sid } = parse(api.rooms.get, raw);
  const id = await deploymentId(ctx.db, slug);
  const [[row], clocks, placements, egresses] = await Promise.all([
    readRoomRows(ctx.db, id, Prisma.sql`r.sid = ${sid}`),
    readClocks(ctx.db, [id]),
    readPlacements(ctx.db, id, sid),
    readEgressRows(ctx.db, id, Prisma.sql`AND e.room_sid = ${sid} ORDER BY e.started_at DESC NULLS LAST LIMIT 200`),
  ]);
  if (!row) throw new NotFound(`room ${sid} in ${slug}`);
  const fresh = clocks.get(id)?.of(EGRESS_SOURCES) ?? { asOf: null, stale: true };
  return { ...roomView(row, clocks.get(id)), placements, egresses: egresses.map((e) => egressView(e, fresh)) };
}

async function readRoomRows(db: Tx, id: string, where: Prisma.Sql, tail = Prisma.empty): Promise<RoomRow[]> {
  return db.$queryRaw<RoomRow[]>`
    WITH r AS (
      SELECT r.*, n.name AS node FROM room r LEFT JOIN node n ON n.id = r.node_id
      WHERE r.deployment_id = ${id}::uuid AND ${where} ${tail}),
    active AS (
      SELECT room_sid, room_name, count(*)::int AS count FROM egress
      WHERE deployment_id = ${id}::uuid AND ended_at IS NULL AND status IN ('STARTING', 'ACTIVE', 'ENDING')
      GROUP BY room_sid, room_name)
    SELECT r.name, r.sid, r.node, r.participants, r.publishers, r.recording, r.started_at, r.ended_at,
      CASE WHEN r.ended_at IS NULL THEN COALESCE((
        SELECT sum(a.count) FROM active a WHERE a.room_sid = r.sid OR (a.room_sid IS NULL AND a.room_name = r.name)), 0) ELSE 0 END::int AS egress
    FROM r`;
}

/** Where the room was hosted, the first first: a room moves when its node dies and clients rejoin elsewhere. */
async function readPlacements(db: Tx, id: string, sid: string) {
  const rows = await db.$queryRaw<{ node: string | null; livekit_node_id: string; from_at: Date; to_at: Date | null }[]>`
    SELECT n.name AS node, p.livekit_node_id, p.from_at, p.to_at FROM room_placement p LEFT JOIN node n ON n.id = p.node_id
    WHERE p.deployment_id = ${id}::uuid AND p.room_sid = ${sid} ORDER BY p.from_at, p.id LIMIT 200`;
  return rows.map((p) => ({
    node: p.node,
    livekitNodeId: p.livekit_node_id,
    from: p.from_at.toISOString(),
    to: p.to_at?.toISOString() ?? null,
  }));
}

/** A room that is over cannot go stale. */
function roomView(row: RoomRow, clocks: Clocks | undefined): z.infer<typeof RoomView> {
  const fresh = clocks?.of(clocks.roomSources) ?? { asOf: null, stale: true };
  return {
    name: row.name,
    sid: row.sid,
    node: row.node,
    participants: row.participants,
    publishers: row.publishers,
    recording: row.recording,
    egress: row.egress,
    since: row.started_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
    asOf: row.ended_at?.toISOString() ?? fresh.asOf,
    stale: row.ended_at ? false : fresh.stale,
  };
}
