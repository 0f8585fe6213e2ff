import { CLOCK_SLACK_MS, HEARTBEAT_LIMIT_MS, isStale } from '../freshness';
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

/**
 * By the clock of Redis, never by ours; where the node's clock is off, by whether it still moves. False when Redis was not
 * read: that is silence.
 */
export function heartbeatStale(s: Snapshot, node: NodeSnapshot): boolean {
  const time = s.redis.value?.time;
  if (time === undefined || isStale('redis', s.redis.okAt, s.now) || !node.record?.updatedAt) return false;
  if (skewed(node)) return node.beatSeenAt === null || s.now - node.beatSeenAt > HEARTBEAT_LIMIT_MS;
  return time - node.record.updatedAt > HEARTBEAT_LIMIT_MS;
}

/** A heartbeat that had the wrong age at the very moment it was seen to move. */
function skewed(node: NodeSnapshot): boolean {
  return node.beatAgeMs !== null && (node.beatAgeMs > HEARTBEAT_LIMIT_MS || node.beatAgeMs < -CLOCK_SLACK_MS);
}

/** What a clock that is off means, in words; null: it is near enough, or nothing moves. */
export function clockFault(s: Snapshot, node: NodeSnapshot): string | null {
  if (!skewed(node) || heartbeatStale(s, node)) return null;
  return (node.beatAgeMs ?? 0) > 0
    ? 'its clock is behind that of Redis: the others hold it for stale and place no rooms here'
    : 'its clock is ahead of that of Redis: when it dies, the others will hold it for alive for as long';
}
