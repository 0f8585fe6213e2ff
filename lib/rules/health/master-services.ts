import type { Health } from '@/lib/contract/names';
import { isStale } from '../freshness';
import { type Container, exitWords } from './containers';
import { hostOf, refused } from './signals';
import type { NodeSnapshot, Probe, Snapshot } from './snapshot';

export type Cell = { state: Health; note: string | null };

const PROBED: Partial<Record<string, Probe>> = {
  caddy: 'caddy',
  minio: 'minio',
  mimir: 'mimir',
  loki: 'loki',
  grafana: 'grafana',
  dashboard: 'dashboard',
};

/** One service on one master, from its container, its port and its peers. A time-out alone leaves it unknown. */
export function serviceCell(s: Snapshot, node: NodeSnapshot, containers: Map<string, Container> | null, service: string): Cell {
  const container = byContainer(containers?.get(service));
  if (container?.state === 'down' || container?.state === 'unstable') return container;
  const asked =
    service === 'redis-server'
      ? redis(s, node)
      : service === 'redis-sentinel'
        ? sentinel(s, node)
        : service === 'mongo'
          ? mongo(s, node)
          : probe(s, node, service);
  if (asked?.state === 'down' && container?.state === 'up') return { state: 'unstable', note: asked.note };
  return asked ?? container ?? { state: 'unknown', note: null };
}

function byContainer(c: Container | undefined): Cell | null {
  if (!c || c.state === 'unknown') return null;
  if (c.state === 'running') return { state: 'up', note: null };
  if (c.state === 'restarting') return { state: 'unstable', note: 'keeps restarting' };
  if (c.state === 'created') return { state: 'unstable', note: 'not started' };
  return { state: 'down', note: c.state === 'exited' || c.state === 'dead' ? exitWords(c) : c.state };
}

function redis(s: Snapshot, node: NodeSnapshot): Cell | null {
  if (isStale('sentinel', s.sentinel.okAt, s.now)) return null;
  const peer = s.sentinel.value?.peers.find((p) => hostOf(p.address) === node.address);
  if (!peer) return null;
  if (peer.votesDown >= 2) return { state: 'down', note: `${peer.votesDown} sentinels say down` };
  if (peer.sDown) return { state: 'unstable', note: 'a sentinel says down' };
  const master = s.sentinel.value?.master;
  const role = master && hostOf(master) === node.address ? 'master' : peer.role;
  return role && peer.sDown === false ? { state: 'up', note: role } : null;
}

function sentinel(s: Snapshot, node: NodeSnapshot): Cell | null {
  if (isStale('sentinel', s.sentinel.okAt, s.now)) return null;
  const peer = s.sentinel.value?.peers.find((p) => hostOf(p.address) === node.address);
  if (!peer) return null;
  if (peer.answered) return { state: 'up', note: null };
  return refused(peer.error) ? { state: 'down', note: 'refuses connections' } : null;
}

function mongo(s: Snapshot, node: NodeSnapshot): Cell | null {
  if (isStale('mongo', s.mongo.okAt, s.now)) return null;
  const m = s.mongo.value?.members.find((x) => hostOf(x.address) === node.address);
  if (!m) return null;
  if (m.answered) {
    if (m.state === 'other') return { state: 'unstable', note: 'neither primary nor secondary' };
    return { state: 'up', note: m.state };
  }
  if (refused(m.error)) return { state: 'down', note: 'refuses connections' };
  return m.state === 'other' ? { state: 'down', note: 'its peers say down' } : null;
}

function probe(s: Snapshot, node: NodeSnapshot, service: string): Cell | null {
  const name = PROBED[service];
  const p = name && node.http[name];
  if (!p?.value || p.readAt === null || isStale('http', p.readAt, s.now)) return null;
  if (p.value.ok) return { state: 'up', note: null };
  if (p.value.outcome === 'refused') return { state: 'down', note: 'refuses connections' };
  if (p.value.outcome === 'answered')
    return { state: 'unstable', note: p.value.status === null ? 'answers badly' : `answers ${p.value.status}` };
  return { state: 'unknown', note: 'no answer' };
}
