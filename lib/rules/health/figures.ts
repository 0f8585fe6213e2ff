import { isStale } from '../freshness';
import type { Evidence } from './evidence';
import type { Figures, NodeSnapshot, Snapshot } from './snapshot';
import { iso } from './signals';

export const NO_FIGURES: Figures = {
  cpu: null,
  load1: null,
  cpus: null,
  memUsed: null,
  memTotal: null,
  diskUsed: null,
  diskTotal: null,
  rxBps: null,
  txBps: null,
  rooms: null,
  participants: null,
  clients: null,
  relayed: null,
  egress: null,
  ingress: null,
  tracksIn: null,
  tracksOut: null,
  clockOffsetMs: null,
  bootedAt: null,
  reboots: null,
  oomKills: null,
};

const BOOT_JITTER_MS = 60_000;
const OFFSET_STEP_MS = 200;

/**
 * Latest figures of a node, rounded to what can be seen, so that noise is no change. While a source is silent its last figures
 * stay (their row says as of when); what a source positively cannot know is null, never zero.
 */
export function figuresOf(s: Snapshot, node: NodeSnapshot, evidence: Evidence | null): Figures {
  const before = node.previous?.figures ?? NO_FIGURES;
  return { ...before, ...host(s, node, before), ...cluster(s, node, evidence) };
}

function host(s: Snapshot, node: NodeSnapshot, before: Figures): Partial<Figures> {
  const h = node.stream.value;
  if (!h || isStale('stream', node.stream.okAt, s.now)) return {};
  const booted = h.bootedAt !== null && before.bootedAt !== null && h.bootedAt - Date.parse(before.bootedAt) > BOOT_JITTER_MS;
  return {
    cpu: rounded(h.cpu, 0.01),
    load1: rounded(h.load1, 0.1),
    cpus: h.cpus,
    memUsed: rounded(h.memUsed, 2 ** 24),
    memTotal: h.memTotal,
    diskUsed: rounded(h.diskUsed, 2 ** 26),
    diskTotal: h.diskTotal,
    rxBps: significant(h.rxBps),
    txBps: significant(h.txBps),
    egress: h.egressIds === null ? null : h.egressIds.length,
    oomKills: h.oomKills,
    bootedAt: before.bootedAt !== null && !booted ? before.bootedAt : iso(h.bootedAt),
    reboots: (before.reboots ?? 0) + (booted ? 1 : 0),
    clockOffsetMs: offset(s, node, before.clockOffsetMs),
  };
}

function cluster(s: Snapshot, node: NodeSnapshot, evidence: Evidence | null): Partial<Figures> {
  if (node.role === 'master' || !s.configured.redis || isStale('redis', s.redis.okAt, s.now)) return {};
  const hosted = node.livekitNodeId === null ? undefined : s.placement?.get(node.livekitNodeId);
  const known = node.livekitNodeId !== null || node.record !== null;
  // Rooms mapped to a dead process of this machine are listed on it, so they count here as they do in the list.
  const all = [...livekitIds(s, node)].map((id) => s.placement?.get(id));
  const rooms = known ? all.reduce((n, h) => n + (h?.rooms ?? 0), 0) : null;
  const participants = known ? all.reduce((n, h) => n + (h?.participants ?? 0), 0) : null;
  const r = evidence?.heartbeat.says === 'alive' ? node.record : null;
  const load =
    r && node.stream.okAt === null ? { cpu: rounded(r.cpuLoad, 0.01), load1: rounded(r.load1, 0.1), cpus: r.numCpus } : {};
  return {
    ...load,
    rooms,
    participants,
    clients: r ? r.numClients : null,
    relayed: r ? Math.max(0, r.numClients - (hosted?.participants ?? 0)) : null,
    tracksIn: r ? r.tracksIn : null,
    tracksOut: r ? r.tracksOut : null,
  };
}

/** Every LiveKit process that Redis knows of on the node's address, the one of now included. */
function livekitIds(s: Snapshot, node: NodeSnapshot): Set<string> {
  const ids = new Set((s.redis.value?.nodes ?? []).filter((r) => r.ip === node.address).map((r) => r.id));
  if (node.livekitNodeId !== null) ids.add(node.livekitNodeId);
  return ids;
}

/** Node clock less Redis clock, both read against ours. Steps below 200 ms are noise of the way. */
function offset(s: Snapshot, node: NodeSnapshot, before: number | null): number | null {
  const tick = node.stream;
  if (!tick.value || tick.okAt === null) return before;
  const redis = s.redis.value && s.redis.okAt !== null ? s.redis.value.time - s.redis.okAt : 0;
  const now = Math.round((tick.value.nodeTime - tick.okAt - redis) / 100) * 100;
  return before !== null && Math.abs(now - before) < OFFSET_STEP_MS ? before : now;
}

function rounded(value: number | null, step: number): number | null {
  return value === null ? null : Number((Math.round(value / step) * step).toFixed(4));
}

function significant(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(2));
}
