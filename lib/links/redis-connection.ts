import type { Duplex } from 'node:stream';
import { AbstractConnector, Redis } from 'ioredis';
import { hostPort } from '@/lib/rules/secret-endpoint';
import type { Dial } from './dial';
import { asLinkError, AuthRefused, LinkError, NotAllowed, Unreachable } from './errors';

export type RedisEndpoint = { host: string; port: number };
type Options = { dial: Dial; password: string | null; username?: string | null; db?: number; timeoutMs: number };

type NetStream = Awaited<ReturnType<InstanceType<typeof AbstractConnector>['connect']>>;

/**
 * One connection to one Redis or Sentinel over any dialled stream. It never reconnects by itself: who uses it must look
 * anew for the master. @throws LinkError
 */
export async function connectRedis({ host, port }: RedisEndpoint, options: Options): Promise<Redis> {
  const { dial, password, username, db = 0, timeoutMs } = options;
  class Dialled extends AbstractConnector {
    constructor() {
      super(500);
    }
    async connect(): Promise<NetStream> {
      this.connecting = true;
      const stream = asSocket(await dial(host, port, timeoutMs));
      // Given up meanwhile: nobody else would ever close it. ioredis' own connectors ask the same (StandaloneConnector).
      if (!this.connecting) {
        stream.destroy();
        throw new LinkError('Connection is closed.');
      }
      return (this.stream = stream);
    }
  }
  const redis = new Redis({
    Connector: Dialled,
    lazyConnect: true,
    password: password ?? undefined,
    username: username ?? undefined,
    db,
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
    // A console that only reads must not announce more than its name: CLIENT SETINFO is missing before 7.2.
    connectionName: 'signalbox',
    disableClientInfo: true,
    enableReadyCheck: false,
    enableOfflineQueue: true,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  // Connection errors reach the caller as rejected commands; without a listener ioredis prints them.
  let cause: unknown = null;
  redis.on('error', (error) => (cause ??= error));
  try {
    await withTimeout(redis.connect(), 2 * timeoutMs, hostPort(host, port));
    await redis.ping();
    return redis;
  } catch (error) {
    redis.disconnect();
    throw redisError(isClosed(error) && cause ? cause : error, `Redis at ${hostPort(host, port)}`);
  }
}

const isClosed = (error: unknown) => error instanceof Error && /Connection is closed|Stream isn't writeable/i.test(error.message);

/** A Redis answer or a broken connection as a sentence. */
export function redisError(error: unknown, what: string): LinkError {
  if (error instanceof LinkError) return error;
  const message = error instanceof Error ? error.message : '';
  if (/WRONGPASS|invalid password/i.test(message))
    return new AuthRefused(
      `${what} refused the password.`,
      'Enter the password again; it is REDIS_PASSWORD in the node env files.',
    );
  if (/NOAUTH|Authentication required/i.test(message)) return new AuthRefused(`${what} wants a password.`, 'Enter its password.');
  if (/NOPERM/i.test(message))
    return new NotAllowed(`${what} does not let this user read: ${message.slice(0, 200)}`, 'Give the user the read-only rights.');
  if (/Command timed out/i.test(message)) return new Unreachable(`${what} did not answer in time.`);
  return asLinkError(error, what);
}

function withTimeout<T>(promise: Promise<T>, ms: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Unreachable(`${what} did not answer in time.`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** ioredis asks a stream for four socket methods that an SSH channel does not have; there they mean nothing. */
function asSocket(stream: Duplex): NetStream {
  for (const name of ['setNoDelay', 'setKeepAlive', 'setTimeout', 'ref', 'unref'] as const)
    if (!(name in stream)) Object.defineProperty(stream, name, { value: () => stream });
  // The duplex now has every method of a socket that ioredis calls.
  return stream as NetStream;
}
