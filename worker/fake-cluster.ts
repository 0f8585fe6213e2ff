import type { DeploymentSettings } from '@/lib/contract/inventory';
import type { Detected } from '@/lib/rules/detected';
import type { HttpReading, LivekitNodeRecord, RedisReading } from '@/lib/rules/readings';
import { container, host, record } from '@/lib/rules/health/fixture';
import type { Links, OpenLinks, StreamHandlers } from './observe/links';

/** A simulated deployment behind the worker's links, for tests: it can be killed, cut and moved, and answers at once. */
export class FakeCluster {
  readonly masters = ['127.99.0.11', '127.99.0.12', '127.99.0.13', '127.99.0.14'];
  redisMaster = `${this.masters[0]}:7000`;
  redisAway = false;
  sentinelEpoch = 1;
  /** Live LiveKit processes by address. */
  readonly livekit = new Map<string, LivekitNodeRecord>();
  readonly rooms = new Map<string, { sid: string; node: string; participants: number; createdAt: number }>();
  readonly egress: { id: string; address: string }[] = [];
  readonly silentSsh = new Set<string>();
  opened = 0;
  /** What the config files of a master say, and how often they were read. */
  files: Detected = { version: '3.9.0', modules: ['observability'], configLayout: 'cluster', rtcEngine: 'pion' };
  filesRead = 0;
  private entries = new Map<string, LivekitNodeRecord>();
  private readonly exited = new Set<string>();
  private readonly streams = new Map<string, StreamHandlers>();
  /** Constant figures: quiet ticks change nothing. */
  private readonly bootedAt = Date.now() - 86_400_000;
  private ids = 0;

  constructor(readonly media: string[] = ['127.99.1.1', '127.99.1.2', '127.99.1.3']) {
    for (const address of media) this.start(address);
  }

  settings(): Partial<DeploymentSettings> {
    return { masters: this.masters };
  }

  start(address: string): string {
    const id = `ND_${address.split('.').at(-1)}_${++this.ids}`;
    const made = record(0, { id, ip: address, numClients: 0, tracksIn: 0, tracksOut: 0, startedAt: Date.now() });
    this.livekit.set(address, made);
    this.entries.set(id, made);
    this.exited.delete(address);
    this.streams.get(address)?.event({ at: Date.now(), name: 'openvidu', action: 'start', exitCode: null, signal: null });
    return id;
  }

  /** kill -9 of LiveKit: entry and rooms stay, subscription and port are gone at once. */
  kill(address: string, { event = true } = {}): void {
    this.livekit.delete(address);
    this.exited.add(address);
    if (event) this.streams.get(address)?.event({ at: Date.now(), name: 'openvidu', action: 'die', exitCode: 137, signal: null });
  }

  addRoom(name: string, address: string, participants = 1): void {
    const node = this.livekit.get(address)?.id ?? '';
    this.rooms.set(name, { sid: `RM_${name}`, node, participants, createdAt: 1_700_000_000_000 });
  }

  moveRoom(name: string, address: string): void {
    const room = this.rooms.get(name);
    if (room) room.node = this.livekit.get(address)?.id ?? '';
  }

  failover(): void {
    this.redisMaster = `${this.masters[1]}:7000`;
    this.sentinelEpoch += 1;
  }

  /** Heartbeats stop for all while Redis is away; servers write again a while after it came back. */
  heartbeatsUntil: number | null = null;

  redis(): RedisReading {
    const now = Date.now();
    const beat = Math.floor((this.heartbeatsUntil ?? now) / 1000) * 1000;
    for (const r of this.livekit.values()) this.entries.set(r.id, { ...r, updatedAt: beat });
    return {
      time: now,
      master: this.redisMaster,
      nodes: [...this.entries.values()],
      roomNodeMap: new Map([...this.rooms].map(([name, r]) => [name, r.node])),
      rooms: [...this.rooms].map(([name, r]) => ({
        sid: r.sid,
        name,
        participants: r.participants,
        publishers: 0,
        recording: false,
        createdAt: r.createdAt,
      })),
    };
  }

  readonly open: OpenLinks = (): Links => {
    this.opened += 1;
    const timers = new Set<NodeJS.Timeout>();
    const fromRedis = async <T>(read: () => T): Promise<T> => {
      if (this.redisAway) throw new Error('Redis refused the connection.');
      return read();
    };
    return {
      configured: { redis: true, presence: true, sentinel: true, livekit: true, stream: true, http: true, mongo: true },
      redis: () => fromRedis(() => this.redis()),
      presence: () =>
        fromRedis(() => ({
          nodes: new Set([...this.livekit.values()].map((r) => r.id)),
          roomHosts: new Map(),
          egressTaking: 3,
          egressAlive: 3,
          ingressTaking: 3,
          ingressAlive: 3,
        })),
      sentinel: async () => ({
        masterName: 'openvidu',
        master: this.redisMaster,
        peers: this.masters.map((address) => ({
          address,
          answered: true,
          error: null,
          role: `${address}:7000` === this.redisMaster ? ('master' as const) : ('replica' as const),
          sDown: false,
          votesDown: 0,
        })),
        canElect: true,
        configEpoch: this.sentinelEpoch,
      }),
      mongo: async () => ({
        members: this.masters.map((address, i) => ({
          address,
          answered: true,
          error: null,
          state: i === 0 ? ('primary' as const) : ('secondary' as const),
        })),
        primary: this.masters[0] ?? null,
        voters: 4,
      }),
      livekit: async () => ({
        rooms: [],
        egress: this.egress.map(({ id }) => ({
          egressId: id,
          status: 'ACTIVE' as const,
          type: 'room_composite',
          roomName: 'one',
          roomSid: 'RM_one',
          error: null,
          outputs: [],
          startedAt: 1_700_000_000_000,
          endedAt: null,
        })),
        ingress: [],
      }),
      configFiles: async () => {
        this.filesRead += 1;
        return this.files;
      },
      http: async (node, probes) => probes.map((probe) => this.answer(node.address, probe)),
      stream: (node, handlers) => {
        const { address } = node;
        const tick = () => {
          if (!this.silentSsh.has(address)) handlers.tick(this.host(address, node.role));
        };
        this.streams.set(address, handlers);
        const timer = setInterval(tick, 5_000);
        timers.add(timer);
        setImmediate(tick);
        return { poke: tick, close: () => clearInterval(timer) };
      },
      close: async () => timers.forEach((t) => clearInterval(t)),
    };
  };

  private answer(address: string, probe: HttpReading['probe']): HttpReading {
    const refused = probe === 'livekit' && !this.livekit.has(address);
    return refused
      ? { probe, ok: false, status: null, outcome: 'refused', detail: 'the port is closed', ms: 1 }
      : { probe, ok: true, status: 200, outcome: 'answered', detail: '200', ms: 1 };
  }

  private host(address: string, role: string) {
    const names =
      role === 'master'
        ? ['caddy', 'operator', 'redis-server', 'redis-sentinel', 'mongo', 'minio']
        : ['openvidu', 'egress', 'ingress', 'caddy'];
    const dead = this.exited.has(address);
    const containers = names.map((name) =>
      container(name, {
        startedAt: this.bootedAt,
        ...(name === 'openvidu' && dead ? { state: 'exited' as const, exitCode: 137, finishedAt: Date.now() } : {}),
      }),
    );
    return {
      ...host(containers),
      nodeTime: Date.now(),
      bootedAt: this.bootedAt,
      egressIds: this.egress.filter((e) => e.address === address).map((e) => e.id),
    };
  }
}
