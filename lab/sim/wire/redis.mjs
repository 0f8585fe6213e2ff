import { Redis } from 'ioredis';

/**
 * A connection to the Redis master of the deployment, found through Sentinel and found again after a failover. Without
 * ioredis 6.0.0's failoverDetector: when the news of the new master comes while the client is reconnecting, the detector
 * ends the client for good.
 * @param {{sentinels?: {host: string, port: number}[], masterName?: string, password?: string, sentinelPassword?: string, host?: string, port?: number}} settings
 * @param {(text: string) => void} log
 */
export function redisMaster(settings, log) {
  const shared = {
    password: settings.password,
    maxRetriesPerRequest: null,
    enableOfflineQueue: true,
    retryStrategy: () => 500,
    reconnectOnError: (error) => (error.message.startsWith('READONLY') ? 2 : false),
  };
  const redis = settings.sentinels?.length
    ? new Redis({
        ...shared,
        sentinels: settings.sentinels,
        name: settings.masterName,
        sentinelPassword: settings.sentinelPassword,
        sentinelRetryStrategy: () => 500,
      })
    : new Redis({ ...shared, host: settings.host, port: settings.port });
  let lost = '';
  redis.on('error', (error) => {
    if (error.message !== lost) log(`redis: ${error.message}`);
    lost = error.message;
  });
  redis.on('ready', () => (lost = ''));
  if (settings.sentinels?.length) followSwitch(settings, redis);
  return redis;
}

const followers = new Set();

/** After a planned failover the old master keeps its clients for another ten seconds: who hears of it moves at once. */
function followSwitch({ sentinels, masterName, sentinelPassword }, redis) {
  followers.add(redis);
  if (followers.size > 1) return;
  for (const { host, port } of sentinels) {
    const sentinel = new Redis({ host, port, password: sentinelPassword, retryStrategy: () => 2000, maxRetriesPerRequest: null });
    sentinel.on('error', () => undefined);
    sentinel.subscribe('+switch-master').catch(() => undefined);
    sentinel.on('message', (_, text) => {
      const [name, , , address, newPort] = text.split(' ');
      if (name !== masterName) return;
      for (const each of followers) {
        const { remoteAddress, remotePort } = each.stream ?? {};
        const isThere = remoteAddress === address && String(remotePort) === newPort;
        if (each.status === 'ready' && !isThere) each.disconnect(true);
      }
    });
  }
}
