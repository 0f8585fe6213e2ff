import type { Redis } from 'ioredis';
import type { LivekitNodeRecord, PresenceReading, RedisReading, RoomRecord, SentinelReading } from '@/lib/rules/readings';
import { hostPort } from '@/lib/rules/secret-endpoint';
import type { Dial } from './dial';
import { LinkError, Unreachable } from './errors';
import { decodeNode, decodeRoom } from './livekit-node';
import { nodeOfChannel, requestChannel } from './psrpc-channel';
import { connectRedis, redisError } from './redis-connection';
import { Sentinels } from './sentinel';

export type RedisTarget = {
  /** Addresses of the 4 masters: each runs a Redis and a Sentinel. */
  masters: string[];
  ports: { redis: number; sentinel: number };
  /** null: asked from Sentinel. */
  masterName: string | null;
  username?: string | null;
  password: string | null;
  /** null: the same as Redis, as OpenVidu sets it. */
  sentinelPassword: string | null;
  db: number;
  dial: Dial;
  /** Of each connect and each command; default 1500 ms. */
  timeoutMs?: number;
};

/**
 * What is read from the Redis master; a replica is never read (it answers 0 for every pub/sub question). The reader needs:
 * ACL SETUSER signalbox on >… resetchannels resetkeys %R~nodes %R~room_node_map %R~rooms -@all +hscan +time +ping +role
 * +pubsub|channels +pubsub|numsub +client|setname +select
 */
export type RedisLink = {
  /** Cheap enough for every 2 s: three HSCANs of 500 at a time. @throws LinkError */
  read(): Promise<RedisReading>;
  /** Who is connected right now, by subscription; `rooms` are the names to ask for. @throws LinkError */
  presence(rooms: Iterable<string>): Promise<PresenceReading>;
  /** Each sentinel asked apart. @throws LinkError when none of them answered */
  sentinel(): Promise<SentinelReading>;
  /** Where Sentinel sees Redis servers: the masters' addresses, where nothing else names them. @throws LinkError */
  masterAddresses(): Promise<string[]>;
  close(): void;
};

const SCAN_COUNT = 500;
const NUMSUB_CHUNK = 500;

export function openRedis(target: RedisTarget): RedisLink {
  return new MasterReader(target);
}

class MasterReader implements RedisLink {
  private readonly sentinels: Sentinels;
  private connection: Promise<{ redis: Redis; master: string }> | null = null;
  private readonly rooms = new RoomCache();
  private closed = false;

  constructor(private readonly target: RedisTarget) {
    this.sentinels = new Sentinels(target);
  }

  async read(): Promise<RedisReading> {
    return this.onMaster(async (redis, master) => {
      const [time, nodes, map, rooms] = await Promise.all([
        redis.time(),
        scanHash(redis, 'nodes'),
        scanHash(redis, 'room_node_map'),
        scanHash(redis, 'rooms'),
      ]);
      return {
        time: Number(time[0]) * 1000 + Math.floor(Number(time[1]) / 1000),
        master,
        nodes: [...nodes.values()].flatMap(decodable),
        roomNodeMap: new Map([...map].map(([room, node]) => [room, node.toString('utf8')])),
        rooms: this.rooms.decode(rooms),
      };
    });
  }

  async presence(rooms: Iterable<string>): Promise<PresenceReading> {
    return this.onMaster(async (redis) => {
      const names = [...rooms];
      const workers = ['EgressInternal|StartEgress', 'EgressInternal|ListActiveEgress', 'IngressInternal|StartIngress'].concat(
        'IngressInternal|ListActiveIngress',
      );
      const [nodeChannels, ...workerChannels] = await Promise.all(
        // A worker of a cluster id has it as a topic: …|<cluster_id>|REQ.
        ['RoomManager|CreateRoom|ND_*', ...workers.map((w) => `${w}|*`)].map((pattern) => channels(redis, pattern)),
      );
      const counts = await Promise.all(workerChannels.map((found) => numsub(redis, found)));
      const [egressTaking = 0, egressAlive = 0, ingressTaking = 0, ingressAlive = 0] = counts.map((c) => sum(c));
      const hosts = await numsub(
        redis,
        names.map((name) => requestChannel('Room', 'DeleteRoom', name)),
      );
      return {
        nodes: new Set((nodeChannels ?? []).flatMap((c) => nodeOfChannel(c) ?? [])),
        roomHosts: new Map(names.map((name, i) => [name, hosts[i] ?? 0])),
        egressTaking,
        egressAlive,
        ingressTaking,
        ingressAlive,
      };
    });
  }

  sentinel(): Promise<SentinelReading> {
    return this.sentinels.read();
  }

  masterAddresses(): Promise<string[]> {
    return this.sentinels.addresses();
  }

  close(): void {
    this.closed = true;
    this.drop();
    this.sentinels.close();
  }

  private drop(): void {
    this.connection?.then(({ redis }) => redis.disconnect()).catch(() => undefined);
    this.connection = null;
  }

  /** Every pass asks ROLE first: after a failover the old master lives on as a replica. */
  private async onMaster<T>(pass: (redis: Redis, master: string) => Promise<T>): Promise<T> {
    if (this.closed) throw new LinkError('The Redis link is closed.');
    const connection = (this.connection ??= this.connect());
    try {
      const { redis, master } = await connection;
      const [role, result] = await Promise.all([redis.role(), pass(redis, master)]);
      if (role[0] !== 'master')
        throw new Unreachable(`${master} is no longer the Redis master; the next one is being looked for.`);
      return result;
    } catch (error) {
      if (this.connection === connection) this.drop();
      throw redisError(error, 'Redis');
    }
  }

  private async connect(): Promise<{ redis: Redis; master: string }> {
    const { dial, password, username, db, timeoutMs = 1_500 } = this.target;
    const endpoint = await this.sentinels.master();
    const master = hostPort(endpoint.host, endpoint.port);
    const redis = await connectRedis(endpoint, { dial, password, username, db, timeoutMs });
    if ((await redis.role())[0] === 'master') return { redis, master };
    redis.disconnect();
    throw new Unreachable(`Sentinel names ${master} as the Redis master, but it is a replica: a failover is under way.`);
  }
}

/** A whole hash by HSCAN, so that Redis is never blocked by a large one. */
async function scanHash(redis: Redis, key: string): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>();
  let cursor: Buffer | string = '0';
  do {
    const [next, entries]: [Buffer, Buffer[]] = await redis.hscanBuffer(key, cursor, 'COUNT', SCAN_COUNT);
    for (let i = 0; i + 1 < entries.length; i += 2) {
      const [field, value] = [entries[i], entries[i + 1]];
      if (field && value) found.set(field.toString('utf8'), value);
    }
    cursor = next.toString();
  } while (cursor !== '0');
  return found;
}

async function channels(redis: Redis, pattern: string): Promise<string[]> {
  return (await redis.pubsub('CHANNELS', pattern)).map(String).filter((c) => c.endsWith('|REQ'));
}

/** Subscribers by channel, in the order asked. */
async function numsub(redis: Redis, names: string[]): Promise<number[]> {
  const chunks = Array.from({ length: Math.ceil(names.length / NUMSUB_CHUNK) }, (_, i) =>
    names.slice(i * NUMSUB_CHUNK, (i + 1) * NUMSUB_CHUNK),
  );
  const answers = await Promise.all(chunks.map((chunk) => redis.pubsub('NUMSUB', ...chunk)));
  return answers.flatMap((pairs) => pairs.filter((_, i) => i % 2 === 1).map(Number));
}

const sum = (list: number[]) => list.reduce((a, b) => a + b, 0);

function decodable(value: Buffer): LivekitNodeRecord[] {
  try {
    return [decodeNode(value)];
  } catch {
    return [];
  }
}

/** Rooms change seldom and are read every 2 s: only a value that changed is decoded again. */
class RoomCache {
  private known = new Map<string, { value: Buffer; record: RoomRecord }>();

  decode(values: Map<string, Buffer>): RoomRecord[] {
    const next: typeof this.known = new Map();
    for (const [name, value] of values) {
      const before = this.known.get(name);
      if (before?.value.equals(value)) next.set(name, before);
      else
        try {
          next.set(name, { value, record: decodeRoom(value) });
        } catch {
          // Not a livekit.Room: it cannot be shown, and the others can.
        }
    }
    this.known = next;
    return [...next.values()].map((entry) => entry.record);
  }
}
