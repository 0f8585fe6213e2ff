import { HEARTBEAT_LIMIT_MS, isStale } from '../freshness';
import type { NodeSnapshot, Snapshot } from './snapshot';

/**
 * Whether stale heartbeats speak of Redis rather than of the nodes: it is away, came back or changed its master a moment ago,
 * or every heartbeat went stale at once. Seen after a Sentinel failover: 3 to 4 s without reads, then all stale for 1 to 2 s.
 */
export function redisFault(s: Snapshot): string | null {
  if (!s.configured.redis) return null;
  if (s.redisFailingSince !== null) return 'Redis does not answer';
  if (s.now < s.redisGraceUntil) return 'Redis has just come back: heartbeats are being written again';
  const media = s.nodes.filter((n) => n.role !== 'master' && n.record !== null && n.desired === 'serving');
  const lived = media.filter((n) => n.previous?.health !== 'down');
  if (lived.length >= 2 && lived.every((n) => heartbeatStale(s, n) && n.present?.value !== false)) {
    return 'the heartbeats of all media nodes went stale at once';
  }
  return null;
}

/** By the clock of Redis, never by ours. False when Redis was not read: that is silence. */
export function heartbeatStale(s: Snapshot, node: NodeSnapshot): boolean {
  const time = s.redis.value?.time;
  if (time === undefined || isStale('redis', s.redis.okAt, s.now) || !node.record?.updatedAt) return false;
  return time - node.record.updatedAt > HEARTBEAT_LIMIT_MS;
}

/** Its age says stale, but it keeps moving: the clocks differ, LiveKit's peers judge it stale all the same. */
export function heartbeatMoves(s: Snapshot, node: NodeSnapshot): boolean {
  return node.beatSeenAt !== null && s.now - node.beatSeenAt <= HEARTBEAT_LIMIT_MS;
}
