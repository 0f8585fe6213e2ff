import type { Health, Stage } from '@/lib/contract/names';
import { isStale } from '../freshness';
import type { Container } from './containers';
import type { Evidence } from './evidence';
import type { NodeSnapshot, Snapshot } from './snapshot';

const STARTING_MS = 60_000;
/** What must have ended before a drained node may be touched; agents as well. */
const DRAINED = ['openvidu', 'egress', 'ingress'];

/** What a media node is doing; apart from how it is. */
export function mediaStage(
  s: Snapshot,
  node: NodeSnapshot,
  containers: Map<string, Container> | null,
  evidence: Evidence,
  health: Health,
): Stage {
  const before = node.previous?.stage ?? 'unknown';
  const openvidu = containers?.get('openvidu');
  const fresh = s.configured.redis && !isStale('redis', s.redis.okAt, s.now);
  const living = evidence.process.says === 'alive' || evidence.heartbeat.says === 'alive' || evidence.presence.says === 'alive';

  if (openvidu && evidence.process.says === 'dead') {
    const wasDraining = before === 'draining' || before === 'drained';
    if (!wasDraining || openvidu.exitCode !== 0) return 'stopped';
    const left = [...(containers?.values() ?? [])].filter((c) => (DRAINED.includes(c.name) || c.agent) && c.state === 'running');
    return left.length > 0 ? 'draining' : 'drained';
  }
  if (fresh && node.record && living) {
    if (node.record.state === 'SHUTTING_DOWN') return 'draining';
    if (node.record.state === 'STARTING_UP') return 'starting';
    // A container newer than the entry: the entry is that of the process before.
    if (evidence.heartbeat.says === 'alive') return 'serving';
  }
  if (openvidu?.state === 'restarting' || openvidu?.state === 'created') return 'starting';
  if (
    openvidu?.state === 'running' &&
    openvidu.startedAt !== null &&
    s.now - openvidu.startedAt < STARTING_MS &&
    before !== 'serving'
  ) {
    return s.configured.redis ? 'starting' : 'serving';
  }
  if (health === 'down') return before === 'draining' ? 'draining' : 'stopped';
  if (health === 'unknown') return fresh && !node.record && node.livekitNodeId !== null ? 'stopped' : 'unknown';
  if (before !== 'unknown' && before !== 'stopped') return before;
  return living || evidence.port.says === 'alive' ? 'serving' : 'unknown';
}

/** A master serves while anything on it does. */
export function masterStage(containers: Map<string, Container> | null, health: Health): Stage {
  if (containers && containers.size > 0) {
    const states = [...containers.values()].filter((c) => c.name !== 'openvidu-init').map((c) => c.state);
    if (states.length > 0 && states.every((x) => x !== 'running' && x !== 'restarting' && x !== 'paused')) return 'stopped';
    if (states.some((x) => x === 'created')) return 'starting';
  }
  if (health === 'unknown') return 'unknown';
  return health === 'down' ? 'stopped' : 'serving';
}
