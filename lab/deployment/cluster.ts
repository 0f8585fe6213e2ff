import { proto3, ScalarType } from '@bufbuild/protobuf';
import { Redis } from 'ioredis';
import { z } from 'zod';
import { PORTS, REDIS_MASTER_NAME } from '@/lab/plan';

const scalar = (no: number, name: string, T: ScalarType) => ({ no, name, kind: 'scalar' as const, T });
const NodeStats = proto3.makeMessageType('livekit.NodeStats', () => [
  scalar(2, 'updated_at', ScalarType.INT64),
  scalar(3, 'num_rooms', ScalarType.INT32),
  scalar(4, 'num_clients', ScalarType.INT32),
]);
// The fields of livekit.Node (protobufs/livekit_internal.proto) that a lab looks at; unknown ones are skipped.
const Node = proto3.makeMessageType('livekit.Node', () => [
  scalar(1, 'id', ScalarType.STRING),
  scalar(2, 'ip', ScalarType.STRING),
  scalar(6, 'state', ScalarType.INT32),
  { no: 4, name: 'stats', kind: 'message', T: NodeStats },
]);
const decoded = z.object({
  id: z.string(),
  ip: z.string(),
  state: z.number(),
  stats: z.object({ updatedAt: z.bigint(), numRooms: z.number(), numClients: z.number() }).optional(),
});
const STATES = ['starting', 'serving', 'shutting-down', 'suspended'] as const;

export interface LivekitNode {
  id: string;
  address: string;
  state: (typeof STATES)[number] | 'unknown';
  /** Seconds since its last heartbeat, by the clock of Redis; infinite when it never wrote one. */
  ageSeconds: number;
  rooms: number;
  clients: number;
}

/** A short-lived connection to the current Redis master, found through the Sentinels. `ask` is given up after 5 s. */
export async function withRedis<T>(masters: readonly string[], password: string, ask: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis({
    sentinels: masters.map((host) => ({ host, port: PORTS.sentinel })),
    name: REDIS_MASTER_NAME,
    password,
    sentinelPassword: password,
    connectTimeout: 1000,
    sentinelRetryStrategy: () => null,
    retryStrategy: () => null,
    maxRetriesPerRequest: 1,
    lazyConnect: true,
    commandTimeout: 5000,
  });
  // Failures reach the caller through the commands.
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return await ask(redis);
  } finally {
    redis.disconnect();
  }
}

/** All entries of the `nodes` hash, dead ones included: LiveKit removes those only when another server starts. */
export const livekitNodes = (masters: readonly string[], password: string): Promise<LivekitNode[]> =>
  withRedis(masters, password, async (redis) => {
    const [[seconds], entries] = await Promise.all([redis.time(), redis.hgetallBuffer('nodes')]);
    return Object.values(entries).map((bytes) => {
      const node = decoded.parse(Node.fromBinary(bytes));
      return {
        id: node.id,
        address: node.ip,
        state: STATES[node.state] ?? 'unknown',
        ageSeconds: node.stats ? Number(seconds) - Number(node.stats.updatedAt) : Infinity,
        rooms: node.stats?.numRooms ?? 0,
        clients: node.stats?.numClients ?? 0,
      };
    });
  });

/** Node ids that are subscribed for rooms right now: gone within a fraction of a second when the process dies. */
export const livekitPresence = (masters: readonly string[], password: string): Promise<string[]> =>
  withRedis(masters, password, async (redis) => {
    const channels = z.array(z.string()).parse(await redis.pubsub('CHANNELS', 'RoomManager|CreateRoom|ND_*'));
    // A node has one channel for requests and one for claims.
    return [...new Set(channels.flatMap((channel) => channel.split('|')[2] ?? []))];
  });

/** Address of the Redis master as the first Sentinel that answers tells it. */
export async function redisMaster(masters: readonly string[], password: string): Promise<string | undefined> {
  for (const host of masters) {
    const sentinel = new Redis({
      host,
      port: PORTS.sentinel,
      password,
      connectTimeout: 1000,
      commandTimeout: 1000,
      retryStrategy: () => null,
      lazyConnect: true,
    });
    sentinel.on('error', () => undefined);
    try {
      await sentinel.connect();
      const answer = z
        .tuple([z.string(), z.string()])
        .nullable()
        .parse(await sentinel.call('SENTINEL', 'get-master-addr-by-name', REDIS_MASTER_NAME));
      if (answer) return answer[0];
    } catch {
      // The next one may know.
    } finally {
      sentinel.disconnect();
    }
  }
  return undefined;
}
