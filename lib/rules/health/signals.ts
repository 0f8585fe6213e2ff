import type { Source } from '@/lib/contract/names';
import { isStale } from '../freshness';
import type { Timed } from '../readings';
import { heartbeatStale } from './redis-fault';
import type { NodeSnapshot, Probe, ProbeState, Signal, Snapshot } from './snapshot';

const PROBES: Record<Probe, string> = {
  caddy: 'GET /health/caddy',
  livekit: 'GET / of LiveKit',
  minio: 'MinIO /minio/health/live',
  mimir: 'Mimir /ready',
  loki: 'Loki /ready',
  grafana: 'Grafana /api/health',
  dashboard: 'dashboard',
};

export const SIGNAL_NAMES = { heartbeat: 'heartbeat', presence: 'pub/sub presence', stream: 'SSH stream' } as const;

/** How each signal of a node last answered. `silent` is never evidence; it only says what is not known, and what to open. */
export function signalsOf(s: Snapshot, node: NodeSnapshot): Signal[] {
  const list = [stream(s, node), ...probes(s, node)];
  if (node.role !== 'master') list.unshift(heartbeat(s, node), presence(s, node));
  if (node.role !== 'media') list.push(sentinel(s, node), mongo(s, node));
  return list;
}

/** Names of those that gave no answer, in words. */
export function silent(signals: Signal[]): string[] {
  return signals.filter((x) => x.state === 'silent').map((x) => x.name);
}

function heartbeat(s: Snapshot, node: NodeSnapshot): Signal {
  const base = timed(
    'redis',
    SIGNAL_NAMES.heartbeat,
    s.redis,
    s,
    'open Redis and Sentinel to Signalbox, or allow the SSH tunnel',
  );
  if (base.state !== 'ok') return base;
  if (!node.record) return { ...base, state: 'failing', error: 'no entry in Redis', advice: null };
  if (!heartbeatStale(s, node)) return base;
  return { ...base, state: 'failing', error: 'LiveKit has stopped writing its entry in Redis', advice: null };
}

function presence(s: Snapshot, node: NodeSnapshot): Signal {
  const base = timed('presence', SIGNAL_NAMES.presence, s.presence, s, 'allow PUBSUB on the Redis master');
  if (base.state !== 'ok' || node.present === null || node.present.value) return base;
  return { ...base, state: 'failing', error: 'its subscription on the Redis master is gone', advice: null };
}

function stream(s: Snapshot, node: NodeSnapshot): Signal {
  const base = timed('stream', SIGNAL_NAMES.stream, node.stream, s, 'open SSH to this node and check user and key');
  const lack = base.state === 'ok' ? (node.stream.value?.containersError ?? null) : null;
  return lack === null ? base : { ...base, state: 'failing', error: `containers cannot be read: ${lack}` };
}

function probes(s: Snapshot, node: NodeSnapshot): Signal[] {
  return (Object.entries(node.http) as [Probe, ProbeState][]).map(([probe, p]) => {
    const base = timed('http', PROBES[probe], p, s, 'open the port to Signalbox, or allow SSH so that it is asked from the node');
    const last = p.value;
    if (base.state === 'absent' || !last || last.ok || p.readAt === null || isStale('http', p.readAt, s.now)) return base;
    const silentNow = last.outcome === 'timeout' || last.outcome === 'unreachable';
    return { ...base, state: silentNow ? 'silent' : 'failing', error: last.detail, advice: silentNow ? base.advice : null };
  });
}

function sentinel(s: Snapshot, node: NodeSnapshot): Signal {
  const base = timed('sentinel', 'Sentinel', s.sentinel, s, 'open port 7001 of the masters, or allow the SSH tunnel');
  return member(
    base,
    s.sentinel.value?.peers.find((p) => hostOf(p.address) === node.address),
  );
}

function mongo(s: Snapshot, node: NodeSnapshot): Signal {
  const base = timed('mongo', 'MongoDB', s.mongo, s, 'open port 20000 of the masters, or allow the SSH tunnel');
  return member(
    base,
    s.mongo.value?.members.find((m) => hostOf(m.address) === node.address),
  );
}

function member(base: Signal, answer: { answered: boolean; error: string | null } | undefined): Signal {
  if (base.state !== 'ok' || !answer || answer.answered) return base;
  return { ...base, state: refused(answer.error) ? 'failing' : 'silent', error: answer.error ?? 'no answer' };
}

/** A kernel that refuses speaks for the service being gone; a time-out says nothing. */
export function refused(error: string | null): boolean {
  return error !== null && /refused/i.test(error);
}

/** The host of "10.0.0.1:7001", "[fd00::1]:7001" or of an address that has no port. */
export function hostOf(address: string): string {
  const bracketed = /^\[([^\]]+)\]/.exec(address)?.[1];
  if (bracketed) return bracketed;
  return address.split(':').length === 2 ? address.slice(0, address.indexOf(':')) : address;
}

function timed(source: Source, name: string, t: Timed<unknown>, s: Snapshot, advice: string): Signal {
  const times = { okAt: iso(t.okAt), readAt: iso(t.readAt) };
  if (!s.configured[source]) return { source, name, state: 'absent', ...times, error: null, advice };
  if (!isStale(source, t.okAt, s.now)) return { source, name, state: 'ok', ...times, error: null, advice: null };
  return { source, name, state: 'silent', ...times, error: t.error ?? 'no answer yet', advice };
}

export function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
