import { isStale } from '../freshness';
import type { ContainerReading } from '../readings';
import { type Finding, finding, type NodeSnapshot } from './snapshot';

/** A container as the last tick and the events after it show it. `at`: when that was learned, `since`: when it came to be. */
export type Container = ContainerReading & { at: number; since: number | null };

/** Of a node, by name; null when neither tick nor engine says anything now. Stale ticks say nothing. */
export function containersOf(node: NodeSnapshot, now: number): Map<string, Container> | null {
  const tick = node.stream.value;
  const okAt = node.stream.okAt;
  if (!tick?.containers || okAt === null || isStale('stream', okAt, now)) return null;
  const byName = new Map<string, Container>(
    tick.containers.map((c) => [c.name, { ...c, at: okAt, since: c.state === 'running' ? c.startedAt : c.finishedAt }]),
  );
  for (const event of node.events) {
    const known = byName.get(event.name);
    if (!known || event.at < okAt) continue;
    const changed = afterEvent(known, event.action, event.exitCode);
    if (changed) byName.set(event.name, { ...known, ...changed, at: event.at, since: event.at });
  }
  return byName;
}

function afterEvent(c: ContainerReading, action: string, exitCode: number | null): Partial<ContainerReading> | null {
  switch (action) {
    case 'die':
      return { state: 'exited', exitCode: exitCode ?? c.exitCode };
    case 'start':
    case 'restart':
    case 'unpause':
      return { state: 'running', exitCode: null };
    case 'pause':
      return { state: 'paused' };
    case 'oom':
      return { oomKilled: true };
    case 'destroy':
      return { state: 'missing' };
    default:
      return null;
  }
}

const MEANING: Record<string, string> = {
  openvidu: 'no calls here',
  egress: 'no recordings or streams out start here',
  ingress: 'no streams in arrive here',
  caddy: 'nothing reaches the services behind it',
  'redis-server': 'its copy of the cluster state is missing',
  'redis-sentinel': 'one vote less for a failover',
  mongo: 'its copy of the data is missing',
  minio: 'its share of the recordings is missing',
  operator: 'services of this master are no longer supervised',
};

/** What is wrong with single containers. openvidu-init renders the configuration and ends: only its restarts are a fault. */
export function containerFindings(containers: Map<string, Container> | null, except: ReadonlySet<string>): Finding[] {
  return [...(containers?.values() ?? [])].filter((c) => !except.has(c.name)).flatMap((c) => one(c) ?? []);
}

function one(c: Container): Finding | null {
  const on = { source: 'stream', service: c.name, since: c.since } as const;
  const meaning = MEANING[c.name] ? `: ${MEANING[c.name]}` : '';
  if (c.name === 'openvidu-init') {
    return c.state === 'restarting'
      ? finding('config-error', 'critical', 'openvidu-init keeps restarting: a configuration file has an error', on)
      : null;
  }
  switch (c.state) {
    case 'running':
    case 'unknown':
      return null;
    case 'restarting':
      return finding('container-restarting', 'critical', `${c.name} keeps restarting${meaning}`, on);
    case 'paused':
      return finding('container-paused', 'critical', `${c.name} is paused${meaning}`, on);
    case 'created':
      return finding('container-created', 'warning', `${c.name} was created and has not started`, on);
    case 'missing':
      return finding('container-missing', 'critical', `${c.name} is gone${meaning}`, on);
    default:
      return finding('container-exited', 'critical', `${c.name} ${exitWords(c)}${meaning}`, on);
  }
}

/** "exited with 137 (killed)", "was killed for lack of memory". */
export function exitWords(c: { exitCode: number | null; oomKilled: boolean }): string {
  if (c.oomKilled) return 'was killed for lack of memory';
  if (c.exitCode === null) return 'exited';
  return c.exitCode === 137 ? 'exited with 137 (killed)' : `exited with ${c.exitCode}`;
}
