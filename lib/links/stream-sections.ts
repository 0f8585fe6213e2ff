import type { ContainerReading, HostReading } from '@/lib/rules/readings';
import { dockerSentence, inspected, listed } from './container-lines';
import { decimal, integer } from './stream-numbers';

export type CpuTimes = { busy: number; total: number };
/** Sections that the script sends only when it looked again. */
export type Kept = {
  containers: ContainerReading[] | null;
  containersError: string | null;
  disk: { used: number; total: number } | null;
  errors: string[];
  hashes: Record<string, string>;
};
/** What came between a T and now. */
export type Tick = {
  seq: string;
  time: number;
  lines: number;
  host: Pick<HostReading, 'bootId' | 'hostname' | 'bootedAt' | 'cpus'> | null;
  cpu: CpuTimes | null;
  load: number | null;
  memory: { used: number; total: number } | null;
  disk: Kept['disk'] | undefined;
  net: { rx: number; tx: number } | null;
  oomKills: number | null;
  containers: { found: ContainerReading[]; listed: ContainerReading[]; error: string | null } | null;
  egress: { ids: string[] | null; error: string | null } | null;
  ingress: { available: boolean | null; error: string | null } | null;
  connections: Record<string, number>;
  errors: string[] | null;
  hashes: Record<string, string> | null;
  scriptCpuMs: number | null;
};

export function emptyTick(seq: string, time: number): Tick {
  return {
    ...{ seq, time, lines: 0, host: null, cpu: null, load: null, memory: null, disk: undefined, net: null, oomKills: null },
    ...{ containers: null, egress: null, ingress: null, errors: null, hashes: null, scriptCpuMs: null },
    connections: Object.create(null) as Record<string, number>,
  };
}

/** By letter; false: not as the script writes it. */
export const sections: Record<string, (tick: Tick, rest: string) => boolean> = {
  h(tick, rest) {
    const [, bootId, cpus, btime, hostname] = /^([0-9a-f-]{36}) (\d{1,5}) (\d{0,12}) (\S{1,255})$/.exec(rest) ?? [];
    if (!bootId || !hostname) return false;
    tick.host = { bootId, hostname, cpus: Number(cpus), bootedAt: btime ? Number(btime) * 1000 : null };
    return true;
  },
  s(tick, rest) {
    const [user, nice, system, idle, iowait, irq = 0, softirq = 0, steal = 0] = rest.split(' ').map(integer);
    if (user == null || nice == null || system == null || idle == null || iowait == null) return false;
    const busy = user + nice + system + (irq ?? 0) + (softirq ?? 0) + (steal ?? 0);
    tick.cpu = { busy, total: busy + idle + iowait };
    return true;
  },
  l: (tick, rest) => (tick.load = decimal(rest)) !== null,
  m(tick, rest) {
    const [total, available] = rest.split(' ').map(integer);
    if (total == null || available == null || available > total) return false;
    tick.memory = { used: (total - available) * 1024, total: total * 1024 };
    return true;
  },
  d(tick, rest) {
    const [used, total] = rest.split(' ').map(integer);
    tick.disk = used == null || total == null ? null : { used: used * 1024, total: total * 1024 };
    return rest === '-' || tick.disk !== null;
  },
  n(tick, rest) {
    const [, rx, tx] = rest.split(' ').map(integer);
    if (rx == null || tx == null) return false;
    tick.net = { rx: (tick.net?.rx ?? 0) + rx, tx: (tick.net?.tx ?? 0) + tx };
    return true;
  },
  o: (tick, rest) => (tick.oomKills = integer(rest)) !== null,
  k(tick, rest) {
    const [, port, count] = /^([0-9A-F]{4}) (\d{1,7})$/.exec(rest) ?? [];
    if (!port) return false;
    tick.connections[String(Number.parseInt(port, 16))] = Number(count);
    return true;
  },
  x(tick, rest) {
    const used = rest.split(' ').map(integer);
    if (used.length !== 4 || used.includes(null)) return false;
    tick.scriptCpuMs = used.reduce<number>((a, b) => a + (b ?? 0), 0) * 10;
    return true;
  },
  C(tick, rest) {
    const error = rest.startsWith('error') ? rest.slice(6) || 'docker did not answer' : null;
    tick.containers = { found: [], listed: [], error: error && dockerSentence(error) };
    return error !== null || rest === 'ok';
  },
  c(tick, rest) {
    const container = inspected(rest);
    if (container) tick.containers?.found.push(container);
    return container !== null && tick.containers !== null;
  },
  p(tick, rest) {
    const container = listed(rest);
    if (container) tick.containers?.listed.push(container);
    return container !== null && tick.containers !== null;
  },
  g(tick, rest) {
    const [word, ...ids] = rest.trim().split(/\s+/);
    if (word === 'ok') tick.egress = { ids: ids.filter((id) => /^EG_[0-9A-Za-z_]{1,60}$/.test(id)).slice(0, 1000), error: null };
    else if (word === 'error') tick.egress = { ids: null, error: rest.slice(6, 306) };
    return word === 'ok' || word === 'error' || word === 'absent';
  },
  i(tick, rest) {
    const [word, status] = rest.split(' ');
    if (word === 'ok') tick.ingress = { available: status === '200', error: null };
    else if (word === 'error') tick.ingress = { available: null, error: rest.slice(6, 306) };
    return word === 'ok' || word === 'error' || word === 'absent';
  },
  L: (tick) => ((tick.errors = []), true),
  r: (tick, rest) => tick.errors !== null && tick.errors.length < 50 && tick.errors.push(rest.slice(0, 500)) > 0,
  F: (tick) => ((tick.hashes = Object.create(null) as Record<string, string>), true),
  f(tick, rest) {
    const [, sha, path] = /^([0-9a-f]{64}) [ *](\/.{1,400})$/.exec(rest) ?? [];
    const below = path && /\/config\/(.+)$/.exec(path)?.[1];
    if (!sha || !below || !tick.hashes) return false;
    tick.hashes[below] = sha;
    return true;
  },
};
