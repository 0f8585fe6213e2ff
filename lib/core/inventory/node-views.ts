import type { z } from 'zod';
import { NodeFigures, type Reason, type SignalView } from '@/lib/contract/health';
import type { NodeView } from '@/lib/contract/inventory';
import type { Health, Role, Stage } from '@/lib/contract/names';
import { Prisma, type Tx } from '@/lib/db/client';
import { driftOf } from '@/lib/rules/drift';
import { ANY_SOURCE, NODE_SOURCES } from '@/lib/rules/sources';
import type { Clocks } from '../observe/read-clocks';

export type NodeRow = {
  id: string;
  name: string;
  role: Role;
  address: string;
  desired: 'serving' | 'stopped';
  declared: boolean;
  discovered_at: Date | null;
  rev: number;
  health: Health | null;
  stage: Stage | null;
  sentence: string | null;
  since: Date | null;
  stage_since: Date | null;
  reasons: Reason[] | null;
  signals: z.infer<typeof SignalView>[] | null;
  figures: Partial<z.infer<typeof NodeFigures>> | null;
  livekit_node_id: string | null;
};

/** The nodes of a deployment that are not forgotten: masters first, then media nodes by name. */
export async function readNodeRows(db: Tx, deploymentId: string, name?: string): Promise<NodeRow[]> {
  return db.$queryRaw<NodeRow[]>`
    SELECT n.id, n.name, n.role, n.address, n.desired, n.declared, n.discovered_at, n.rev, s.health, s.stage, s.sentence,
      s.since, s.stage_since, s.reasons, s.signals, s.figures, s.livekit_node_id
    FROM node n LEFT JOIN node_state s ON s.node_id = n.id
    WHERE n.deployment_id = ${deploymentId}::uuid AND n.forgotten_at IS NULL
      ${name === undefined ? Prisma.empty : Prisma.sql`AND n.name = ${name}`}
    ORDER BY n.role, length(n.name), n.name`;
}

const UNKNOWN_FIGURES = Object.fromEntries(
  Object.keys(NodeFigures.shape).map((key) => [key, null]),
  // Every member of NodeFigures is nullable; null says "not known".
) as z.infer<typeof NodeFigures>;

export function nodeView(row: NodeRow, clocks: Clocks | undefined): z.infer<typeof NodeView> {
  const figures = { ...UNKNOWN_FIGURES, ...row.figures };
  const observed = clocks?.of(ANY_SOURCE).asOf ?? null;
  return {
    name: row.name,
    role: row.role,
    address: row.address,
    desired: row.desired,
    declared: row.declared,
    drift: driftOf({
      role: row.role,
      declared: row.declared,
      desired: row.desired,
      discoveredAt: row.discovered_at?.getTime() ?? null,
      observedAt: observed === null ? null : Date.parse(observed),
    }),
    health: row.health ?? 'unknown',
    stage: row.stage ?? 'unknown',
    sentence: row.sentence ?? 'Nothing was read from it yet.',
    reasons: row.reasons ?? [],
    since: row.since?.toISOString() ?? null,
    stageSince: row.stage_since?.toISOString() ?? null,
    rooms: figures.rooms,
    participants: figures.participants,
    relayed: figures.relayed,
    egress: figures.egress,
    ingress: figures.ingress,
    figures,
    signals: (row.signals ?? []).map((signal) => withAge(signal, row.name, clocks)),
    livekitNodeId: row.livekit_node_id,
    rev: row.rev,
    ...(clocks?.of(NODE_SOURCES[row.role], row.name) ?? { asOf: null, stale: true }),
  };
}

/** A signal that answers is as old as its source's clock: its row is written on change only. */
function withAge(signal: z.infer<typeof SignalView>, node: string, clocks: Clocks | undefined): z.infer<typeof SignalView> {
  if (signal.state === 'silent' || signal.state === 'absent' || signal.readAt !== null) return signal;
  const { asOf } = clocks?.of([signal.source], node) ?? { asOf: null };
  return { ...signal, okAt: signal.state === 'ok' ? asOf : signal.okAt, readAt: asOf };
}
