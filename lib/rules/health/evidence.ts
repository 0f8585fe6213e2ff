import { isStale } from '../freshness';
import type { Container } from './containers';
import { heartbeatStale } from './redis-fault';
import type { NodeSnapshot, Snapshot } from './snapshot';

/** One kind of witness about the LiveKit process of a node. `at`: an alive sign's age, a dead sign's beginning. */
export type Sign = { says: 'alive' | 'dead' | 'nothing'; at: number };
export type Evidence = { process: Sign; port: Sign; presence: Sign; heartbeat: Sign };
export type Kind = keyof Evidence;

const NOTHING: Sign = { says: 'nothing', at: 0 };

/** What each kind says on its own. Time-outs, lost channels and unread sources say nothing. `fault`: Redis' own, then its two kinds are not held against a node. */
export function evidenceOf(s: Snapshot, node: NodeSnapshot, containers: Map<string, Container> | null, fault: boolean): Evidence {
  return {
    process: process(containers),
    port: port(s, node),
    presence: presence(s, node, fault),
    heartbeat: heartbeat(s, node, fault),
  };
}

function process(containers: Map<string, Container> | null): Sign {
  const c = containers?.get('openvidu');
  if (!c) return NOTHING;
  if (c.state === 'running') return { says: 'alive', at: c.at };
  if (c.state === 'exited' || c.state === 'dead' || c.state === 'missing') return { says: 'dead', at: c.at };
  return NOTHING;
}

function port(s: Snapshot, node: NodeSnapshot): Sign {
  const p = node.http.livekit;
  if (!p?.value || p.readAt === null || isStale('http', p.readAt, s.now)) return NOTHING;
  if (p.value.outcome === 'refused') return { says: 'dead', at: p.since };
  // 406 comes from a living process whose way to Redis is broken (lk:pkg/service/server.go).
  if (p.value.outcome === 'answered') return { says: 'alive', at: p.readAt };
  return NOTHING;
}

function presence(s: Snapshot, node: NodeSnapshot, fault: boolean): Sign {
  if (!s.configured.presence || isStale('presence', s.presence.okAt, s.now) || node.present === null) return NOTHING;
  if (node.present.value) return { says: 'alive', at: node.present.at };
  return fault ? NOTHING : { says: 'dead', at: node.present.since };
}

function heartbeat(s: Snapshot, node: NodeSnapshot, fault: boolean): Sign {
  if (!s.configured.redis || isStale('redis', s.redis.okAt, s.now)) return NOTHING;
  if (!node.record) return node.livekitNodeId === null || fault ? NOTHING : { says: 'dead', at: node.beatSeenAt ?? 0 };
  if (node.record.updatedAt === null) return NOTHING;
  if (!heartbeatStale(s, node)) return { says: 'alive', at: beatAt(s, node, node.record.updatedAt) };
  return fault ? NOTHING : { says: 'dead', at: beatAt(s, node, node.record.updatedAt) };
}

/** When it was written, by our clock: one that is read after a death was still written before it. */
function beatAt(s: Snapshot, node: NodeSnapshot, updatedAt: number): number {
  const { okAt, value } = s.redis;
  const written = okAt !== null && value ? okAt - (value.time - updatedAt) : s.now;
  return Math.min(written, node.beatSeenAt ?? written);
}

/** Kinds that say dead, and those that still say alive after the newest of these began: an older sign of life is no answer to a death. */
export function weigh(evidence: Evidence): { dead: Kind[]; alive: Kind[]; everAlive: Kind[] } {
  const kinds = Object.keys(evidence) as Kind[];
  const dead = kinds.filter((k) => evidence[k].says === 'dead');
  const everAlive = kinds.filter((k) => evidence[k].says === 'alive');
  const newest = Math.max(...dead.map((k) => evidence[k].at), -Infinity);
  return { dead, everAlive, alive: everAlive.filter((k) => evidence[k].at > newest) };
}
