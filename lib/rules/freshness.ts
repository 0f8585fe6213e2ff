import type { Source } from '@/lib/contract/names';

/**
 * How often each source is read, how long one read may take, and when its last good answer is stale. API, pages and worker
 * judge age by this one table. All in ms.
 */
export const FRESHNESS: Record<Source, { everyMs: number; timeoutMs: number; limitMs: number }> = {
  redis: { everyMs: 2_000, timeoutMs: 2_000, limitMs: 6_000 },
  presence: { everyMs: 1_000, timeoutMs: 1_500, limitMs: 4_000 },
  sentinel: { everyMs: 5_000, timeoutMs: 3_000, limitMs: 15_000 },
  mongo: { everyMs: 5_000, timeoutMs: 3_000, limitMs: 15_000 },
  livekit: { everyMs: 5_000, timeoutMs: 5_000, limitMs: 15_000 },
  stream: { everyMs: 5_000, timeoutMs: 12_000, limitMs: 15_000 },
  http: { everyMs: 5_000, timeoutMs: 2_000, limitMs: 15_000 },
};
export const limitMs = (source: Source): number => FRESHNESS[source].limitMs;

/** LiveKit's own limit: an entry of `nodes` older than this takes no rooms (lk:pkg/routing/selector/utils.go). */
export const HEARTBEAT_LIMIT_MS = 5_000;

/** Heartbeats have a resolution of 1 s: beyond this a node's clock is ahead of that of Redis. */
export const CLOCK_SLACK_MS = 3_000;

/** After Redis was away every heartbeat looks stale until the servers have written again: 2 s measured, with room to spare. */
export const REDIS_GRACE_MS = 8_000;

/** How long an exited container waits for a second witness, who was asked at once. */
export const CONFIRM_MS = 1_500;

/** Never read is stale. Times in ms of one clock. */
export function isStale(source: Source, okAt: number | null, now: number): boolean {
  return okAt === null || now - okAt > limitMs(source);
}
