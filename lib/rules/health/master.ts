import type { Health } from '@/lib/contract/names';
import { isStale } from '../freshness';
import { type Container, containerFindings } from './containers';
import { faults } from './media';
import { type Cell, serviceCell } from './master-services';
import { hostOf, refused, silent } from './signals';
import { type Finding, finding, type NodeSnapshot, type Signal, type Snapshot } from './snapshot';
import { capital, listed } from './words';

/** Without these a master is no master. */
export const CORE = ['caddy', 'redis-server', 'redis-sentinel', 'mongo', 'minio'] as const;

/**
 * Health of a master. Down when two independent kinds of evidence say that it is gone and nothing on it answers: its containers
 * ended, its ports refused, the votes of Sentinel's and Mongo's other members. A powered-off master is silent to us and its
 * peers know: their votes together with silence on every one of our own ways to it are enough.
 */
export function judgeMaster(
  s: Snapshot,
  node: NodeSnapshot,
  containers: Map<string, Container> | null,
  signals: Signal[],
): { health: Health; findings: Finding[] } {
  const kinds = gone(s, node, containers);
  const alive = livesBy(s, node, containers);
  const quiet = silent(signals);
  const deaf = quiet.length > 0 && !signals.some((x) => x.state === 'ok' && x.source !== 'sentinel' && x.source !== 'mongo');
  const notes = signals
    .filter((x) => x.state === 'silent')
    .map((x) =>
      finding(`silent-${x.source}`, 'warning', `${x.name} is silent`, {
        source: x.source,
        since: x.okAt ? Date.parse(x.okAt) : null,
      }),
    );

  const voted = kinds.some((k) => k.votes);
  if (alive.length === 0 && (kinds.length >= 2 || (voted && deaf))) {
    const sentence = `it is gone: ${listed(kinds.map((k) => k.words))}${kinds.length < 2 ? ', and it is silent on every way to it' : ''}`;
    return { health: 'down', findings: [finding('master-gone', 'critical', capital(sentence)), ...notes] };
  }
  if (alive.length === 0 && node.previous?.health === 'down') {
    return {
      health: 'down',
      findings: [finding('master-gone', 'critical', 'It is gone and has not been heard of again'), ...notes],
    };
  }
  const troubles = [
    ...containerFindings(containers, new Set()),
    ...services(s, node, containers),
    ...faults(node),
    ...clusterErrors(node),
  ];
  const findings = [...troubles, ...notes];
  if (alive.length > 0) return { health: troubles.some((f) => f.severity === 'critical') ? 'unstable' : 'up', findings };
  return { health: kinds.length > 0 ? 'unstable' : 'unknown', findings };
}

type KindOfEnd = { words: string; votes: boolean };

function gone(s: Snapshot, node: NodeSnapshot, containers: Map<string, Container> | null): KindOfEnd[] {
  const list: KindOfEnd[] = [];
  const own = [...(containers?.values() ?? [])].filter((c) => c.name !== 'openvidu-init');
  if (
    own.length > 0 &&
    own.every((c) => c.state === 'exited' || c.state === 'dead' || c.state === 'missing' || c.state === 'created')
  ) {
    list.push({ words: 'all its containers have ended', votes: false });
  }
  const peer = isStale('sentinel', s.sentinel.okAt, s.now)
    ? undefined
    : s.sentinel.value?.peers.find((p) => hostOf(p.address) === node.address);
  const member = isStale('mongo', s.mongo.okAt, s.now)
    ? undefined
    : s.mongo.value?.members.find((m) => hostOf(m.address) === node.address);
  const ports = Object.values(node.http).some(
    (p) => p.value?.outcome === 'refused' && p.readAt !== null && !isStale('http', p.readAt, s.now),
  );
  if (ports || (peer && !peer.answered && refused(peer.error)) || (member && !member.answered && refused(member.error))) {
    list.push({ words: 'its ports refuse connections', votes: false });
  }
  if (peer && peer.votesDown >= 2) list.push({ words: `${peer.votesDown} sentinels hold it for down`, votes: true });
  if (member && !member.answered && member.state === 'other') list.push({ words: 'MongoDB has lost it', votes: true });
  return list;
}

/** Signs of life: anything on it that runs or answers. */
function livesBy(s: Snapshot, node: NodeSnapshot, containers: Map<string, Container> | null): string[] {
  const list: string[] = [];
  if ([...(containers?.values() ?? [])].some((c) => c.state === 'running')) list.push('containers');
  if (containers === null && !isStale('stream', node.stream.okAt, s.now)) list.push('ssh');
  for (const [probe, p] of Object.entries(node.http)) {
    if (p.value?.outcome === 'answered' && p.readAt !== null && !isStale('http', p.readAt, s.now)) list.push(probe);
  }
  const peer = s.sentinel.value?.peers.find((p) => hostOf(p.address) === node.address);
  if (peer?.answered && !isStale('sentinel', s.sentinel.okAt, s.now)) list.push('sentinel');
  const member = s.mongo.value?.members.find((m) => hostOf(m.address) === node.address);
  if (member?.answered && !isStale('mongo', s.mongo.okAt, s.now)) list.push('mongo');
  return list;
}

/** Services whose container gives no finding of its own. */
function services(s: Snapshot, node: NodeSnapshot, containers: Map<string, Container> | null): Finding[] {
  return CORE.flatMap((service) => {
    const own = containers?.get(service);
    if (own && own.state !== 'running') return [];
    const cell: Cell = serviceCell(s, node, containers, service);
    if (cell.state !== 'down' && cell.state !== 'unstable') return [];
    return [finding('service-down', 'critical', `${service}: ${cell.note ?? 'down'}`, { service })];
  });
}

function clusterErrors(node: NodeSnapshot): Finding[] {
  const last = node.stream.value?.nodesErrors.at(-1);
  return last ? [finding('nodes-errors', 'warning', `nodes_errors.log: ${last.slice(0, 300)}`, { source: 'stream' })] : [];
}
