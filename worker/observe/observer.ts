import type { Pool } from 'pg';
import { FRESHNESS } from '@/lib/rules/freshness';
import { deriveDeployment, deriveNode, type DeploymentState, type NodeState } from '@/lib/rules/health';
import type { RedisReading } from '@/lib/rules/readings';
import type { WorkerClock } from '../clock';
import { Deposed, type Lease } from '../fence';
import type { Log } from '../log';
import { type Kept, seedsOf } from '../write/load';
import { SAMPLE_EVERY_MS, writeSamples } from '../write/samples';
import { Writer } from '../write/writer';
import type { Detected } from '@/lib/rules/detected';
import { Board, probesOf, type Shared } from './board';
import { watchConfigFiles } from './config-files';
import { discover, isEmpty, writeFound } from './discovery';
import type { Inventory, InventoryNode, Links, OpenLinks } from './links';
import { Poll } from './poll';
import { StreamKeeper } from './stream';

const TICK_MS = 1_000;
/** All ports of a node, asked from here and then from the node itself. */
const HTTP_ROUND_MS = 2 * FRESHNESS.http.timeoutMs + 2_000;
const URGENT_GAP_MS = 150;
/** While a suspicion is being looked into, each answer is judged as it comes. */
const SUSPICION_MS = 3_000;

type Options = {
  pool: Pool;
  lease: Lease;
  inventory: Inventory;
  kept: Kept;
  openLinks: OpenLinks;
  clock: WorkerClock;
  log: Log;
  onDeposed: (lease: Lease) => void;
  /** The inventory changed by our own hand: read it again. */
  onFound: () => void;
};

type NodeWatch = { stream: StreamKeeper | null; http: Poll | null };

/** Watches one deployment for as long as its lease is held: readings to the board, the board to the rules, changes to the database. */
export class Observer {
  private inventory: Inventory;
  private links: Links;
  private readonly board: Board;
  private readonly writer: Writer;
  private readonly states: Map<string, NodeState>;
  private deployment: DeploymentState | null;
  private polls = new Map<keyof Shared, Poll>();
  private files: { poll: Poll | null; read: Detected | null } = { poll: null, read: null };
  private readonly watches = new Map<string, NodeWatch>();
  private cancelTick: (() => void) | null = null;
  private lastTick = 0;
  private nextTick = Infinity;
  private lastSample = 0;
  private suspectUntil = 0;
  private ticking: Promise<void> = Promise.resolve();
  private stopped = false;
  private finding = false;

  constructor(private readonly o: Options) {
    const now = o.clock.now();
    this.inventory = o.inventory;
    this.links = o.openLinks(o.inventory);
    this.board = new Board(now, seedsOf(o.kept.clocks, o.inventory.nodes));
    this.writer = new Writer(o.pool, o.lease, o.kept);
    this.states = new Map(o.kept.nodes);
    this.deployment = o.kept.deployment;
    this.watch();
    this.schedule(TICK_MS);
  }

  /** New settings, secrets, nodes: links are opened anew, what was read stays. */
  async update(inventory: Inventory): Promise<void> {
    const relink = linkText(inventory) !== linkText(this.inventory);
    this.inventory = inventory;
    if (relink) {
      this.unwatch();
      const old = this.links;
      this.links = this.o.openLinks(inventory);
      await old.close().catch(() => undefined);
    }
    this.board.forget(new Set(inventory.nodes.map((n) => n.id)));
    for (const id of this.states.keys()) if (!inventory.nodes.some((n) => n.id === id)) this.states.delete(id);
    if (!this.stopped) this.watch();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.cancelTick?.();
    this.unwatch();
    await Promise.all([this.ticking, this.links.close().catch(() => undefined)]);
  }

  private watch(): void {
    const { links } = this;
    const shared = {
      redis: (s: AbortSignal) => links.redis(s),
      presence: (s: AbortSignal) => links.presence([], s),
      sentinel: links.sentinel,
      mongo: links.mongo,
      livekit: links.livekit,
    };
    for (const source of Object.keys(shared) as (keyof Shared)[]) {
      if (!links.configured[source] || this.polls.has(source)) continue;
      const read = async (signal: AbortSignal) => {
        const value = await shared[source](signal);
        return () => this.answered(source, value);
      };
      const { everyMs, timeoutMs } = FRESHNESS[source];
      this.polls.set(source, new Poll(this.o.clock, { everyMs, timeoutMs, read, failed: (e) => this.failed(source, e) }).start());
    }
    if (links.configured.stream)
      this.files.poll ??= watchConfigFiles(this.o.clock, links.configFiles, (detected) => (this.files.read = detected));
    const ids = new Set(this.inventory.nodes.map((n) => n.id));
    for (const [id, w] of this.watches) if (!ids.has(id)) this.leave(id, w);
    for (const node of this.inventory.nodes) if (!this.watches.has(node.id)) this.watchNode(node);
  }

  private watchNode(node: InventoryNode): void {
    const { links, o } = this;
    const stream = links.configured.stream
      ? new StreamKeeper(o.clock, links, node, {
          tick: (r) => this.now((now) => this.board.tick(node.id, r, now)),
          event: (e) => {
            this.now((now) => this.board.event(node.id, e, now));
            if (e.action !== 'start') this.suspect(node);
            else this.urgent();
          },
          failed: (error, wasLive) => {
            this.now((now) => this.board.streamFailed(node.id, error, now));
            if (wasLive) this.suspect(node);
          },
        }).start()
      : null;
    const read = async (signal: AbortSignal) => {
      const readings = await links.http(node, probesOf(node, this.inventory.platform), signal);
      const refuses = (r: (typeof readings)[number]) => this.now((now) => this.board.http(node.id, r, now));
      return () => void (readings.map(refuses).some(Boolean) && this.suspect(node));
    };
    const { everyMs } = FRESHNESS.http;
    const http = links.configured.http
      ? new Poll(o.clock, { everyMs, timeoutMs: HTTP_ROUND_MS, backoffMs: everyMs, read, failed: () => undefined }).start()
      : null;
    this.watches.set(node.id, { stream, http });
  }

  /** First suspicion: everybody who may know of this node is asked at once. */
  private suspect(node: InventoryNode): void {
    this.suspectUntil = this.o.clock.monotonic() + SUSPICION_MS;
    const w = this.watches.get(node.id);
    w?.http?.ask();
    w?.stream?.poke();
    for (const source of node.role === 'media' ? (['presence', 'redis'] as const) : (['sentinel', 'mongo', 'redis'] as const))
      this.polls.get(source)?.ask();
    this.urgent();
  }

  private answered<K extends keyof Shared>(source: K, value: Shared[K]): void {
    if (this.stopped) return;
    this.now((now) => {
      if (source === 'redis')
        this.redisRead(value as RedisReading, now); // K is 'redis' here
      else if (source === 'presence')
        for (const node of this.board.presence(value as Shared['presence'], this.inventory.nodes, now)) this.suspect(node);
      else {
        if (source === 'sentinel') this.sentinelRead(value as Shared['sentinel'], now);
        this.board.answered(source, value, now);
      }
    });
  }

  private failed(source: keyof Shared, error: Error): void {
    if (this.stopped) return;
    const first = this.board.shared[source].error === null;
    this.now((now) => this.board.failed(source, error.message, now));
    if (first && source === 'redis') this.polls.get('sentinel')?.ask();
  }

  private redisRead(reading: RedisReading, now: number): void {
    const { failoverFrom, quiet } = this.board.redis(reading, this.inventory.nodes, now);
    for (const node of quiet) this.suspect(node);
    if (failoverFrom !== null) this.tellFailover(failoverFrom, reading.master, now);
    const found = discover(this.inventory, reading, now);
    if (isEmpty(found) || this.finding) return;
    this.finding = true;
    writeFound(this.o.pool, this.o.lease, found, now)
      .then(() => this.o.onFound())
      .catch((error: unknown) => this.writeFailed(error))
      .finally(() => (this.finding = false));
  }

  private toldFailoverTo: string | null = null;

  private sentinelRead(reading: Shared['sentinel'], now: number): void {
    const before = this.board.shared.sentinel.value?.master;
    if (before && reading.master && before !== reading.master) this.tellFailover(before, reading.master, now);
  }

  /** Redis and Sentinel both notice; it is told once. */
  private tellFailover(from: string, to: string, now: number): void {
    if (this.toldFailoverTo === to) return;
    this.toldFailoverTo = to;
    const sentence = `Redis has a new master: ${to} after ${from}. Heartbeats are not judged for a moment.`;
    this.writer.tell({
      at: new Date(now).toISOString(),
      kind: 'redis.failover',
      severity: 'warning',
      node: null,
      room: null,
      sentence,
      data: { from, to },
    });
  }

  private now<T>(learn: (now: number) => T): T {
    const now = this.o.clock.now();
    const result = learn(now);
    if (this.o.clock.monotonic() < this.suspectUntil) this.urgent();
    return result;
  }

  private urgent(): void {
    this.schedule(Math.max(20, this.lastTick + URGENT_GAP_MS - this.o.clock.monotonic()));
  }

  /** The earliest wish wins. */
  private schedule(ms: number): void {
    const at = this.o.clock.monotonic() + ms;
    if (this.stopped || at >= this.nextTick) return;
    this.cancelTick?.();
    this.nextTick = at;
    this.cancelTick = this.o.clock.after(ms, () => {
      this.nextTick = Infinity;
      this.ticking = this.ticking.then(() => this.tick());
    });
  }

  /** Board → rules → database. A failed write changes nothing but the log: the next tick writes the difference. */
  private async tick(): Promise<void> {
    if (this.stopped) return;
    const now = this.o.clock.now();
    this.lastTick = this.o.clock.monotonic();
    try {
      const snapshot = this.board.snapshot(now, this.inventory, this.links, this.states);
      const judged = snapshot.nodes.map((node) => ({ node, state: deriveNode(snapshot, node) }));
      for (const { node, state } of judged) this.states.set(node.id, state);
      this.deployment = deriveDeployment(snapshot, judged, this.deployment);
      const nodes = new Map(judged.map(({ node, state }) => [node.id, state]));
      await this.writer.write({ snapshot, nodes, deployment: this.deployment, files: this.files.read }, this.inventory);
      if (Math.floor(now / SAMPLE_EVERY_MS) !== Math.floor(this.lastSample / SAMPLE_EVERY_MS)) {
        this.lastSample = now;
        await writeSamples(this.o.pool, this.o.lease, snapshot, nodes);
      }
    } catch (error) {
      this.writeFailed(error);
    }
    this.schedule(TICK_MS);
  }

  private writeFailed(error: unknown): void {
    if (error instanceof Deposed) this.o.onDeposed(error.lease);
    else if (!this.stopped) this.o.log.warn({ error, deployment: this.inventory.slug }, 'what was observed could not be written');
  }

  private leave(id: string, w: NodeWatch): void {
    w.stream?.stop();
    w.http?.stop();
    this.watches.delete(id);
  }

  private unwatch(): void {
    for (const poll of this.polls.values()) poll.stop();
    this.polls = new Map();
    this.files.poll?.stop();
    this.files.poll = null;
    for (const [id, w] of this.watches) this.leave(id, w);
  }
}

/** What links are made of: a change of names or counts opens none anew. */
function linkText(i: Inventory): string {
  return JSON.stringify([i.settings, i.secrets, i.unopened, i.hostKeys, i.platform]);
}
