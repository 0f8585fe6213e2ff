import { Redis } from 'ioredis';

/**
 * A connection to the Redis master of the deployment, found through Sentinel and found again after a failover.
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
        failoverDetector: true,
      })
    : new Redis({ ...shared, host: settings.host, port: settings.port });
  let lost = '';
  redis.on('error', (error) => {
    if (error.message !== lost) log(`redis: ${error.message}`);
    lost = error.message;
  });
  redis.on('ready', () => (lost = ''));
  return redis;
}
