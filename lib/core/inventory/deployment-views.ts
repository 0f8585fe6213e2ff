import type { z } from 'zod';
import {
  type Counts,
  DeploymentSettings,
  type DeploymentDetail,
  type DeploymentView,
  Detected,
  type SecretKind,
} from '@/lib/contract/inventory';
import type { Reason, QuorumRow } from '@/lib/contract/health';
import type { DeploymentStatus, Platform } from '@/lib/contract/names';
import { Prisma, type Tx } from '@/lib/db/client';
import { ANY_SOURCE } from '@/lib/rules/sources';
import { NotFound } from '../errors';
import { EGRESS_SOURCES, type Clocks, readClocks } from '../observe/read-clocks';

export type DeploymentRow = {
  id: string;
  slug: string;
  name: string;
  platform: Platform;
  rev: number;
  settings: unknown;
  status: DeploymentStatus | null;
  sentence: string | null;
  since: Date | null;
  reasons: Reason[] | null;
  quorum: { rows?: QuorumRow[] } | null;
  detected: Record<string, unknown> | null;
  nodes: number;
  up: number;
  unstable: number;
  down: number;
  rooms: number;
  participants: number;
  egress: number;
  ingress: number;
};

/** Deployments with what was observed of them, in the order of `tail`. */
export async function readDeploymentRows(db: Tx, where: Prisma.Sql, tail = Prisma.empty): Promise<DeploymentRow[]> {
  return db.$queryRaw<DeploymentRow[]>`
    SELECT d.id, d.slug, d.name, d.platform, d.rev, d.settings, s.status, s.sentence, s.since, s.reasons, s.quorum, s.detected,
      n.nodes, n.up, n.unstable, n.down, r.rooms, r.participants, e.egress, i.ingress
    FROM deployment d
    LEFT JOIN deployment_state s ON s.deployment_id = d.id
    CROSS JOIN LATERAL (
      SELECT count(*)::int AS nodes, count(*) FILTER (WHERE ns.health = 'up')::int AS up,
        count(*) FILTER (WHERE ns.health = 'unstable')::int AS unstable, count(*) FILTER (WHERE ns.health = 'down')::int AS down
      FROM node LEFT JOIN node_state ns ON ns.node_id = node.id
      WHERE node.deployment_id = d.id AND node.forgotten_at IS NULL) n
    CROSS JOIN LATERAL (
      SELECT count(*)::int AS rooms, COALESCE(sum(participants), 0)::int AS participants
      FROM room WHERE room.deployment_id = d.id AND ended_at IS NULL) r
    CROSS JOIN LATERAL (
      SELECT count(*)::int AS egress FROM egress
      WHERE egress.deployment_id = d.id AND ended_at IS NULL AND egress.status IN ('STARTING', 'ACTIVE', 'ENDING')) e
    CROSS JOIN LATERAL (
      SELECT count(*)::int AS ingress FROM ingress
      WHERE ingress.deployment_id = d.id AND ingress.status IN ('BUFFERING', 'PUBLISHING')) i
    WHERE ${where} ${tail}`;
}

/** The id of a deployment. @throws NotFound */
export async function deploymentId(db: Tx, slug: string): Promise<string> {
  const row = await db.deployment.findUnique({ where: { slug }, select: { id: true } });
  if (!row) throw new NotFound(`deployment ${slug}`);
  return row.id;
}

export function deploymentView(row: DeploymentRow, clocks: Clocks | undefined): z.infer<typeof DeploymentView> {
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    platform: row.platform,
    rev: row.rev,
    status: row.status ?? 'UNKNOWN',
    sentence: row.sentence ?? notReadYet(clocks),
    since: row.since?.toISOString() ?? null,
    reasons: row.reasons ?? [],
    counts: countsOf(row, clocks),
    detected: Detected.catch(Detected.parse({})).parse(row.detected ?? {}),
    clocks: clocks?.views ?? [],
    ...(clocks?.of(ANY_SOURCE) ?? { asOf: null, stale: true }),
  };
}

const notReadYet = (clocks: Clocks | undefined): string =>
  clocks?.led ? 'A worker has begun to look; nothing is known yet.' : 'No worker has looked at it yet.';

function countsOf(row: DeploymentRow, clocks: Clocks | undefined): z.infer<typeof Counts> {
  const rooms = clocks?.ever(clocks.roomSources) ?? false;
  const egress = clocks?.ever(EGRESS_SOURCES) ?? false;
  return {
    nodes: row.nodes,
    up: row.up,
    unstable: row.unstable,
    down: row.down,
    unknown: row.nodes - row.up - row.unstable - row.down,
    rooms: rooms ? row.rooms : null,
    participants: rooms ? row.participants : null,
    egress: egress ? row.egress : null,
    ingress: egress ? row.ingress : null,
  };
}

/** Everything about one deployment. @throws NotFound */
export async function readDeploymentDetail(db: Tx, where: Prisma.Sql, what: string): Promise<z.infer<typeof DeploymentDetail>> {
  const [row] = await readDeploymentRows(db, where);
  if (!row) throw new NotFound(what);
  const clocks = await readClocks(db, [row.id]);
  const secrets = await db.secret.findMany({
    where: { deploymentId: row.id },
    select: { kind: true, boundTo: true, updatedAt: true },
    orderBy: { kind: 'asc' },
  });
  const hostKeys = await db.hostKey.findMany({ where: { deploymentId: row.id }, orderBy: { endpoint: 'asc' } });
  return {
    ...deploymentView(row, clocks.get(row.id)),
    settings: DeploymentSettings.parse(row.settings),
    quorum: { rows: row.quorum?.rows ?? [] },
    // Written by this program from the same enumeration.
    secrets: secrets.map((s) => ({ kind: s.kind as SecretKind, boundTo: s.boundTo, updatedAt: s.updatedAt.toISOString() })),
    hostKeys: hostKeys.map((k) => ({
      endpoint: k.endpoint,
      algorithm: k.algorithm,
      fingerprint: k.fingerprint,
      confirmedAt: k.confirmedAt.toISOString(),
      confirmedBy: k.confirmedBy,
    })),
  };
}
