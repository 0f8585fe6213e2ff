import type { Health } from '@/lib/contract/names';
import { CONFIRM_MS, HEARTBEAT_LIMIT_MS } from '../freshness';
import { type Container, containerFindings, exitWords } from './containers';
import { type Evidence, evidenceOf, weigh } from './evidence';
import { clockFault, heartbeatStale, redisFault } from './redis-fault';
import { type Finding, finding, type NodeSnapshot, type Signal, type Snapshot } from './snapshot';
import { silent } from './signals';
import { listed } from './words';

export type Verdict = { health: Health; findings: Finding[]; evidence: Evidence };

const LIVEKIT: ReadonlySet<string> = new Set(['openvidu']);

/**
 * Health of a media node. LiveKit is what it is for: down when two independent kinds of evidence say that this process is gone
 * and none says otherwise since; cut off when its heartbeat is stale while the process lives; everything else on the node makes
 * it unstable at most. A signal that is merely lost is named and changes nothing.
 */
export function judgeMedia(
  s: Snapshot,
  node: NodeSnapshot,
  containers: Map<string, Container> | null,
  signals: Signal[],
): Verdict {
  const fault = redisFault(s);
  const evidence = evidenceOf(s, node, containers, fault !== null);
  const core = livekit(s, node, containers, evidence, signals);
  const others = containerFindings(containers, LIVEKIT);
  const findings = [...core.findings, ...others, ...faults(node), ...notes(s, node, fault, signals)];
  const hurt = others.length > 0 || faults(node).length > 0;
  return { health: core.health === 'up' && hurt ? 'unstable' : core.health, findings, evidence };
}

type Core = { health: Health; findings: Finding[] };

function livekit(
  s: Snapshot,
  node: NodeSnapshot,
  containers: Map<string, Container> | null,
  evidence: Evidence,
  signals: Signal[],
): Core {
  const { dead, alive, everAlive } = weigh(evidence);
  const container = containers?.get('openvidu');
  const gone = evidence.process.says === 'dead' ? { source: 'stream' as const, service: 'openvidu' } : { service: 'openvidu' };

  if (evidence.process.says === 'dead' && container) {
    const since = container.since ?? container.at;
    const drained =
      container.exitCode === 0 &&
      !container.oomKilled &&
      (node.previous?.stage === 'draining' || node.previous?.stage === 'drained');
    if (drained) {
      return {
        health: 'unstable',
        findings: [
          finding('drained', 'warning', 'drained: LiveKit has ended after its last participant left', { ...gone, since }),
        ],
      };
    }
    const sentence = `LiveKit ${exitWords(container)}`;
    if (alive.length > 0) {
      return {
        health: 'unstable',
        findings: [
          finding('container-exited', 'critical', `${sentence}, and something still answers in its place`, { ...gone, since }),
        ],
      };
    }
    const confirmed = dead.length >= 2 || s.now - evidence.process.at >= CONFIRM_MS || node.previous?.health === 'down';
    return {
      health: confirmed ? 'down' : 'unstable',
      findings: [finding('container-exited', 'critical', sentence, { ...gone, since })],
    };
  }
  if (dead.length >= 2 && alive.length === 0) {
    const since = Math.min(...dead.map((k) => evidence[k].at).filter((at) => at > 0), s.now);
    return {
      health: 'down',
      findings: [
        finding('livekit-gone', 'critical', `LiveKit is gone: ${listed(dead.map((k) => WORDS[k]))}`, { ...gone, since }),
      ],
    };
  }
  if (container?.state === 'restarting')
    return { health: 'unstable', findings: [finding('container-restarting', 'critical', 'LiveKit keeps restarting', gone)] };
  if (container?.state === 'paused')
    return {
      health: 'down',
      findings: [finding('container-paused', 'critical', 'LiveKit is paused: calls here stand still', gone)],
    };
  if (evidence.heartbeat.says === 'dead') return stale(s, node, evidence, signals);
  if (node.previous?.health === 'down' && everAlive.length === 0) {
    return {
      health: 'down',
      findings: [finding('livekit-gone', 'critical', 'LiveKit is gone and has not been heard of again', gone)],
    };
  }
  if (everAlive.length === 0) return { health: 'unknown', findings: [] };
  const clock = clockFault(s, node);
  if (clock !== null) return { health: 'unstable', findings: [finding('clock-skew', 'critical', clock, { source: 'redis' })] };
  return { health: 'up', findings: doubts(evidence) };
}

const WORDS = {
  process: 'its container has ended',
  port: 'its port refuses connections',
  presence: 'its subscription on Redis is gone',
  heartbeat: 'its heartbeat is stale',
} as const;

/** The heartbeat alone is stale while Redis is well. */
function stale(s: Snapshot, node: NodeSnapshot, evidence: Evidence, signals: Signal[]): Core {
  const since = evidence.heartbeat.at || null;
  // A tick from before says nothing of now: a machine that was cut off had a living process in its last one.
  const staleAt = (since ?? s.now) + HEARTBEAT_LIMIT_MS;
  const runs = evidence.process.says === 'alive' && evidence.process.at > staleAt;
  const lives = runs || (evidence.port.says === 'alive' && evidence.port.at > staleAt);
  const port = node.http.livekit;
  const portSilent = port?.value?.outcome === 'timeout' && port.okAt !== null && evidence.process.at > port.since;
  if (runs && portSilent) {
    const sentence = 'LiveKit hangs: the process is there, its port does not answer and its heartbeat is stale';
    return { health: 'down', findings: [finding('hung', 'critical', sentence, { service: 'openvidu', since })] };
  }
  if (lives) {
    const sentence = 'cut off from Redis: its heartbeat is stale while LiveKit runs; calls here go on, no new ones come';
    return {
      health: 'unstable',
      findings: [finding('cut-off', 'critical', sentence, { source: 'redis', service: 'openvidu', since })],
    };
  }
  if (node.record === null && !node.declared) {
    return {
      health: 'unknown',
      findings: [finding('left-cluster', 'warning', 'it has left the cluster', { source: 'redis', since })],
    };
  }
  if (node.previous?.health === 'down') {
    return {
      health: 'down',
      findings: [
        finding('livekit-gone', 'critical', 'LiveKit is gone and has not been heard of again', {
          service: 'openvidu',
          since,
        }),
      ],
    };
  }
  const quiet = silent(signals);
  const sentence = `its heartbeat is stale${quiet.length ? ` and ${listed(quiet)} ${quiet.length > 1 ? 'are' : 'is'} silent` : ''}: powered off or cut off`;
  return { health: 'unstable', findings: [finding('heartbeat-stale', 'critical', sentence, { source: 'redis', since })] };
}

/** A single contrary sign among signs of life: said, not acted upon. */
function doubts(evidence: Evidence): Finding[] {
  const list: Finding[] = [];
  if (evidence.port.says === 'dead') {
    list.push(
      finding('port-refused', 'warning', 'its port refuses connections from Signalbox while LiveKit is well', {
        source: 'http',
        since: evidence.port.at,
      }),
    );
  }
  if (evidence.presence.says === 'dead') {
    list.push(
      finding('presence-gone', 'warning', 'its subscription on Redis is gone', {
        source: 'presence',
        since: evidence.presence.at,
      }),
    );
  }
  return list;
}

/** Trouble of the host that needs a look. */
export function faults(node: NodeSnapshot): Finding[] {
  const host = node.stream.value;
  if (!host?.diskUsed || !host.diskTotal || host.diskUsed / host.diskTotal < 0.95) return [];
  return [finding('disk-full', 'critical', 'its disk is more than 95 % full', { source: 'stream' })];
}

function notes(s: Snapshot, node: NodeSnapshot, fault: string | null, signals: Signal[]): Finding[] {
  const list = signals
    .filter((x) => x.state === 'silent')
    .map((x) =>
      finding(`silent-${x.source}`, 'warning', `${x.name} is silent`, {
        source: x.source,
        since: x.okAt ? Date.parse(x.okAt) : null,
      }),
    );
  if (fault !== null && (heartbeatStale(s, node) || s.redisFailingSince !== null)) {
    list.push(finding('redis-fault', 'warning', `the heartbeat is not judged: ${fault}`, { source: 'redis' }));
  }
  return list;
}
