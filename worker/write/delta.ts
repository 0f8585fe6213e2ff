import type { z } from 'zod';
import type { Delta } from '@/lib/contract/events';
import type { Counts, NodeView } from '@/lib/contract/inventory';
import { nodeView } from '@/lib/core/inventory/node-views';
import { Clocks } from '@/lib/core/observe/read-clocks';
import type { DeploymentState, NodeState, Snapshot } from '@/lib/rules/health';
import type { Inventory } from '../observe/links';
import { clockRows } from './clocks';
import type { EgressRow, EventRow, IngressRow, RoomRow } from './rows';

/** A delta a deployment and second at most. */
const EVERY_MS = 950;

type Noted = {
  nodes: Iterable<string>;
  services: boolean;
  rooms: boolean;
  egress: boolean;
  ingress: boolean;
  deployment: boolean;
  events: boolean;
};
type Views = {
  inventory: Inventory;
  snapshot: Snapshot;
  nodes: ReadonlyMap<string, NodeState>;
  deployment: DeploymentState;
  rooms: ReadonlyMap<string, RoomRow>;
  egress: ReadonlyMap<string, EgressRow>;
  ingress: ReadonlyMap<string, IngressRow>;
};
type Reload = NonNullable<Delta['reload']>[number];

/** Gathers what changed until a delta is due: nodes and status go inline, long lists as a mark to load them anew. */
export class Deltas {
  private nodes = new Set<string>();
  private reload = new Set<Reload>();
  private status = false;
  private names = new Map<string, string>();
  private countsText = '';
  private sentAt = 0;

  note(n: Noted): void {
    for (const id of n.nodes) this.nodes.add(id);
    for (const what of ['services', 'rooms', 'egress', 'ingress', 'events'] as const) if (n[what]) this.reload.add(what);
    this.status ||= n.deployment;
  }

  due(now: number, views: () => Views): EventRow | null {
    if (Math.abs(now - this.sentAt) < EVERY_MS) return null;
    const v = views();
    const counts = countsOf(v);
    const text = JSON.stringify(counts);
    const removed = [...this.names].filter(([id]) => !v.nodes.has(id)).map(([, name]) => name);
    const moved = text !== this.countsText;
    this.names = new Map(v.snapshot.nodes.map((n) => [n.id, n.name]));
    if (!this.status && !moved && this.nodes.size === 0 && this.reload.size === 0 && removed.length === 0) return null;
    this.countsText = text;
    const { status, sentence, since, reasons } = v.deployment;
    const data: Delta = {
      deployment: v.inventory.slug,
      ...(this.status ? { status: { status, sentence, since, reasons, counts } } : moved ? { status: { counts } } : {}),
      ...(this.nodes.size > 0 ? { nodes: nodeViews(v, this.nodes) } : {}),
      ...(removed.length > 0 ? { removedNodes: removed } : {}),
      ...(this.reload.size > 0 ? { reload: [...this.reload] } : {}),
    };
    return { at: new Date(now).toISOString(), kind: 'delta', severity: 'info', node: null, room: null, sentence: '', data };
  }

  /** After the commit: what was gathered is with the readers. */
  sent(now: number): void {
    this.sentAt = now;
    this.nodes = new Set();
    this.reload = new Set();
    this.status = false;
  }
}

/** The same view that the API gives, from memory. */
function nodeViews(v: Views, ids: ReadonlySet<string>): z.infer<typeof NodeView>[] {
  const now = new Date(v.snapshot.now);
  const clocks = new Clocks(v.inventory.slug, true, now);
  for (const c of clockRows(v.snapshot).values()) {
    clocks.add({
      deployment_id: v.inventory.id,
      slug: v.inventory.slug,
      now,
      led: true,
      source: c.source,
      read_at: c.readAt ? new Date(c.readAt) : null,
      ok_at: c.okAt ? new Date(c.okAt) : null,
      error: c.error,
      exceptions: c.exceptions,
    });
  }
  return v.inventory.nodes.flatMap((n) => {
    const state = v.nodes.get(n.id);
    if (!ids.has(n.id) || !state) return [];
    const row = {
      id: n.id,
      name: n.name,
      role: n.role,
      address: n.address,
      desired: n.desired,
      declared: n.declared,
      discovered_at: n.discoveredAt === null ? null : new Date(n.discoveredAt),
      rev: v.inventory.nodeRevs.get(n.id) ?? 1,
      health: state.health,
      stage: state.stage,
      sentence: state.sentence,
      since: new Date(state.since),
      stage_since: new Date(state.stageSince),
      reasons: state.reasons,
      signals: state.signals,
      figures: state.figures,
      livekit_node_id: state.livekitNodeId,
    };
    return [nodeView(row, clocks)];
  });
}

function countsOf(v: Views): z.infer<typeof Counts> {
  const of = (health: string) => [...v.nodes.values()].filter((n) => n.health === health).length;
  // Rooms are of one source: an API that answers says nothing of those that Redis has not shown yet.
  const read = v.snapshot[v.snapshot.configured.redis ? 'redis' : 'livekit'].okAt !== null;
  const api = v.snapshot.livekit.okAt !== null;
  const rooms = [...v.rooms.values()];
  return {
    nodes: v.nodes.size,
    up: of('up'),
    unstable: of('unstable'),
    down: of('down'),
    unknown: of('unknown'),
    rooms: read ? rooms.length : null,
    participants: read ? rooms.reduce((n, r) => n + r.participants, 0) : null,
    egress: api
      ? [...v.egress.values()].filter((e) => e.endedAt === null && ['STARTING', 'ACTIVE', 'ENDING'].includes(e.status)).length
      : null,
    ingress: api ? [...v.ingress.values()].filter((i) => i.status === 'BUFFERING' || i.status === 'PUBLISHING').length : null,
  };
}
