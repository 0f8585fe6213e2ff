import { HEARTBEAT_LIMIT_MS, isStale, REDIS_GRACE_MS } from '@/lib/rules/freshness';
import type { NodeSnapshot, NodeState, Probe, ProbeState, Snapshot } from '@/lib/rules/health';
import { type Placement, placementOf, recordAt } from '@/lib/rules/placement';
import type {
  ContainerEvent,
  HostReading,
  HttpReading,
  LivekitReading,
  MongoReading,
  PresenceReading,
  RedisReading,
  SentinelReading,
  Timed,
} from '@/lib/rules/readings';
import type { Inventory, InventoryNode, Links } from './links';

export type Shared = {
  redis: RedisReading;
  presence: PresenceReading;
  sentinel: SentinelReading;
  mongo: MongoReading;
  livekit: LivekitReading;
};

/** What the board keeps of a node beside its inventory row. */
type NodeBoard = {
  stream: Timed<HostReading>;
  events: ContainerEvent[];
  http: Partial<Record<Probe, ProbeState>>;
  beat: { id: string; updatedAt: number | null; seenAt: number; ageMs: number | null; quiet: boolean } | null;
  livekitNodeId: string | null;
  present: { value: boolean; since: number; at: number } | null;
};

/** Last good answers of a source as the database knows them: a new leader goes on from there. */
export type SeededClocks = { shared: Partial<Record<keyof Shared, number>>; stream: Map<string, number>; http: number | null };

const unread = <T>(okAt: number | null = null): Timed<T> => ({ value: null, okAt, readAt: null, error: null });

/** The newest answer of each source of one deployment. It judges nothing; `snapshot()` hands all of it to the rules. */
export class Board {
  readonly shared: { [K in keyof Shared]: Timed<Shared[K]> };
  private readonly byNode = new Map<string, NodeBoard>();
  private placement: Placement | null = null;
  private redisGraceUntil = 0;
  redisFailingSince: number | null = null;

  constructor(
    private readonly watchingSince: number,
    private readonly seeded: SeededClocks,
  ) {
    const at = (source: keyof Shared) => seeded.shared[source] ?? null;
    this.shared = {
      redis: unread(at('redis')),
      presence: unread(at('presence')),
      sentinel: unread(at('sentinel')),
      mongo: unread(at('mongo')),
      livekit: unread(at('livekit')),
    };
  }

  node(id: string): NodeBoard {
    let known = this.byNode.get(id);
    if (!known) {
      known = {
        stream: unread(this.seeded.stream.get(id) ?? null),
        events: [],
        http: {},
        beat: null,
        livekitNodeId: null,
        present: null,
      };
      this.byNode.set(id, known);
    }
    return known;
  }

  forget(ids: ReadonlySet<string>): void {
    for (const id of this.byNode.keys()) if (!ids.has(id)) this.byNode.delete(id);
  }

  answered<K extends keyof Shared>(source: K, value: Shared[K], now: number): void {
    Object.assign(this.shared[source], { value, okAt: now, readAt: now, error: null });
  }

  failed(source: keyof Shared, error: string, now: number): void {
    Object.assign(this.shared[source], { readAt: now, error });
    if (source === 'redis') this.redisFailingSince ??= now;
  }

  /** @returns the master before, when Redis has another one now; and the nodes whose heartbeat has just gone stale. */
  redis(reading: RedisReading, nodes: InventoryNode[], now: number): { failoverFrom: string | null; quiet: InventoryNode[] } {
    const before = this.shared.redis;
    const away = this.redisFailingSince !== null || (before.okAt !== null && isStale('redis', before.okAt, now));
    const moved = before.value !== null && before.value.master !== reading.master ? before.value.master : null;
    if (away || moved !== null) this.redisGraceUntil = now + REDIS_GRACE_MS;
    this.redisFailingSince = null;
    this.answered('redis', reading, now);
    this.placement = placementOf(reading);
    for (const node of nodes) if (node.role !== 'master') this.beat(node, reading, now);
    return { failoverFrom: moved, quiet: nodes.filter((n) => n.role !== 'master' && this.hasGoneQuiet(n, reading)) };
  }

  private hasGoneQuiet(node: InventoryNode, reading: RedisReading): boolean {
    const { beat } = this.node(node.id);
    if (!beat || beat.updatedAt === null) return false;
    const quiet = reading.time - beat.updatedAt > HEARTBEAT_LIMIT_MS;
    const news = quiet && !beat.quiet;
    beat.quiet = quiet;
    return news;
  }

  private beat(node: InventoryNode, reading: RedisReading, now: number): void {
    const board = this.node(node.id);
    const record = recordAt(reading.nodes, node.address);
    if (!record) return;
    const same = board.beat?.id === record.id && board.beat.updatedAt === record.updatedAt;
    if (!same) {
      const ageMs = record.updatedAt === null ? null : reading.time - record.updatedAt;
      // First sight is no movement: the beat is as old as the clock of Redis says.
      const seenAt = board.beat === null && ageMs !== null ? now - Math.max(0, ageMs) : now;
      board.beat = { id: record.id, updatedAt: record.updatedAt, seenAt, ageMs, quiet: board.beat?.quiet ?? false };
    }
    if (board.livekitNodeId !== record.id) board.present = null;
    board.livekitNodeId = record.id;
  }

  /** @returns nodes whose subscription has just gone. */
  presence(reading: PresenceReading, nodes: InventoryNode[], now: number): InventoryNode[] {
    this.answered('presence', reading, now);
    const gone: InventoryNode[] = [];
    for (const node of nodes) {
      const board = this.node(node.id);
      if (node.role === 'master' || board.livekitNodeId === null) continue;
      const value = reading.nodes.has(board.livekitNodeId);
      if (board.present?.value !== false && !value) gone.push(node);
      board.present = { value, since: board.present?.value === value ? board.present.since : now, at: now };
    }
    return gone;
  }

  tick(nodeId: string, reading: HostReading, now: number): void {
    const board = this.node(nodeId);
    board.stream = { value: reading, okAt: now, readAt: now, error: null };
    board.events = [];
  }

  event(nodeId: string, event: ContainerEvent, now: number): void {
    const board = this.node(nodeId);
    board.events = [...board.events.slice(-50), { ...event, at: now }];
  }

  streamFailed(nodeId: string, error: string, now: number): void {
    Object.assign(this.node(nodeId).stream, { readAt: now, error });
  }

  /** @returns whether the port has just begun to refuse. */
  http(nodeId: string, reading: HttpReading, now: number): boolean {
    const board = this.node(nodeId);
    const before = board.http[reading.probe];
    const same = before?.value?.outcome === reading.outcome && before.value.ok === reading.ok;
    const okAt = reading.ok ? now : (before?.okAt ?? this.seeded.http);
    board.http[reading.probe] = {
      value: reading,
      okAt,
      readAt: now,
      error: reading.ok ? null : reading.detail,
      since: same ? before.since : now,
    };
    return reading.outcome === 'refused' && !same;
  }

  snapshot(now: number, inventory: Inventory, links: Links, previous: ReadonlyMap<string, NodeState>): Snapshot {
    return {
      now,
      watchingSince: this.watchingSince,
      timeZone: inventory.settings.timeZone,
      platform: inventory.platform,
      minMediaNodes: inventory.settings.limits.minMediaNodes,
      configured: links.configured,
      ...this.shared,
      redisGraceUntil: this.redisGraceUntil,
      redisFailingSince: this.redisFailingSince,
      placement: this.placement,
      nodes: inventory.nodes.map((n) => this.nodeSnapshot(n, previous.get(n.id) ?? null)),
    };
  }

  private nodeSnapshot(n: InventoryNode, previous: NodeState | null): NodeSnapshot {
    const b = this.node(n.id);
    const redis = this.shared.redis.value;
    return {
      id: n.id,
      name: n.name,
      role: n.role,
      address: n.address,
      desired: n.desired,
      declared: n.declared,
      stream: b.stream,
      events: b.events,
      http: b.http,
      record: redis && n.role !== 'master' ? recordAt(redis.nodes, n.address) : null,
      beatSeenAt: b.beat?.seenAt ?? null,
      beatAgeMs: b.beat?.ageMs ?? null,
      livekitNodeId: b.livekitNodeId ?? previous?.livekitNodeId ?? null,
      present: b.present,
      previous,
    };
  }
}

/** Which ports are asked on a node. */
export function probesOf(n: Pick<InventoryNode, 'role'>, platform: Inventory['platform']): Probe[] {
  const master: Probe[] = ['caddy', ...(platform === 'onprem' ? (['minio'] as const) : []), 'mimir', 'loki', 'grafana'];
  if (n.role === 'master') return master;
  return n.role === 'media' ? ['livekit'] : [...master, 'livekit'];
}
