import type { ServiceStatus } from '@/lib/contract/names';
import type { ContainerEvent, ContainerReading, HostReading } from '@/lib/rules/readings';
import type { Cut } from './lines';

/**
 * Lines of remote/stream.sh to readings. Whatever a node sends, it throws nothing and holds no more than one tick: a tick
 * with a line missing, cut or wrong gives no reading, or gives that figure as null; what is none of the script's is counted.
 */
export class StreamParser {
  /** Lines that were not understood, since the beginning. */
  garbage = 0;
  private tick: Tick | null = null;
  /** Sections that the script sends only when it looked again. */
  private kept: Kept = { containers: null, containersError: null, disk: null, errors: [], hashes: {} };
  private cpuBefore: CpuTimes | null = null;
  private netBefore: { at: number; rx: number; tx: number } | null = null;

  constructor(private readonly give: { reading: (r: HostReading) => void; event: (e: ContainerEvent) => void }) {}

  push(line: string, cut: Cut): void {
    const [, letter, rest = ''] = /^([A-Za-z])(?: (.*))?$/.exec(line) ?? [];
    if (cut !== null || letter === undefined) {
      this.garbage += 1;
      // A figure inside a cut line is not to be trusted; the tick goes on without it.
      return;
    }
    if (letter === 'e') return this.event(rest);
    if (letter === 'T') return this.begin(rest);
    const tick = this.tick;
    if (tick === null) {
      this.garbage += 1;
      return;
    }
    if (letter === 'E') return this.end(tick, rest);
    const read = sections[letter];
    if (!read || tick.lines >= MAX_LINES || !read(tick, rest)) this.garbage += 1;
    else tick.lines += 1;
  }

  private begin(rest: string): void {
    if (this.tick) this.garbage += 1;
    const [seq = '', time = ''] = rest.split(' ');
    // Where date knows no nanoseconds it prints their letter.
    const seconds = decimal(time.replace(/\.[^0-9].*$|\.$/, ''));
    this.tick = seconds === null || integer(seq) === null ? null : emptyTick(seq, seconds * 1000);
  }

  private event(rest: string): void {
    const [time = '', action = '', name = '', exit = '', signal = ''] = rest.split('|');
    const nanos = /^\d{16,19}$/.test(time) ? Number(time) : null;
    const known = ACTIONS.find((a) => a === action);
    if (nanos === null || !known || !isContainerName(name)) {
      this.garbage += 1;
      return;
    }
    const given = (text: string) => (text === '' || text === '<no value>' ? null : text);
    this.give.event({
      at: Math.floor(nanos / 1e6),
      name,
      action: known,
      exitCode: integer(exit),
      signal: given(signal)?.slice(0, 20) ?? null,
    });
  }

  private end(tick: Tick, rest: string): void {
    this.tick = null;
    const { host, memory, load } = tick;
    if (rest !== tick.seq || !host || !memory || load === null) {
      this.garbage += 1;
      return;
    }
    this.keep(tick);
    const kept = this.kept;
    this.give.reading({
      nodeTime: Math.floor(tick.time),
      ...host,
      cpu: this.cpuShare(tick.cpu),
      load1: load,
      memUsed: memory.used,
      memTotal: memory.total,
      diskUsed: kept.disk?.used ?? null,
      diskTotal: kept.disk?.total ?? null,
      ...this.netRate(tick),
      oomKills: tick.oomKills,
      containers: kept.containers,
      containersError: kept.containersError,
      egressIds: tick.egress?.ids ?? null,
      egressError: tick.egress?.error ?? null,
      ingressAvailable: tick.ingress?.available ?? null,
      ingressError: tick.ingress?.error ?? null,
      connections: tick.connections,
      nodesErrors: kept.errors,
      configHashes: kept.hashes,
      scriptCpuMs: tick.scriptCpuMs,
    });
  }

  private keep(tick: Tick): void {
    if (tick.containers) {
      const { found, listed, error } = tick.containers;
      const names = new Set(found.map((c) => c.name));
      this.kept.containers = error === null ? [...found, ...listed.filter((c) => !names.has(c.name))] : null;
      this.kept.containersError = error;
    }
    if (tick.disk !== undefined) this.kept.disk = tick.disk;
    if (tick.errors) this.kept.errors = tick.errors;
    if (tick.hashes) this.kept.hashes = tick.hashes;
  }

  private cpuShare(now: CpuTimes | null): number | null {
    const before = this.cpuBefore;
    this.cpuBefore = now;
    if (!before || !now || now.total <= before.total) return null;
    return clamp((now.busy - before.busy) / (now.total - before.total));
  }

  private netRate(tick: Tick): { rxBps: number | null; txBps: number | null } {
    const now = tick.net && { at: tick.time, ...tick.net };
    const before = this.netBefore;
    this.netBefore = now;
    // A counter that went back was reset: an interface came or went.
    if (!now || !before || now.at <= before.at || now.rx < before.rx || now.tx < before.tx) return { rxBps: null, txBps: null };
    const seconds = (now.at - before.at) / 1000;
    return { rxBps: (now.rx - before.rx) / seconds, txBps: (now.tx - before.tx) / seconds };
  }
}

const MAX_LINES = 2_000;
const ACTIONS: ContainerEvent['action'][] = ['start', 'die', 'kill', 'oom', 'stop', 'restart', 'pause', 'unpause', 'destroy'];

type CpuTimes = { busy: number; total: number };
type Kept = {
  containers: ContainerReading[] | null;
  containersError: string | null;
  disk: { used: number; total: number } | null;
  errors: string[];
  hashes: Record<string, string>;
};
type Tick = {
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

function emptyTick(seq: string, time: number): Tick {
  return {
    ...{ seq, time, lines: 0, host: null, cpu: null, load: null, memory: null, disk: undefined, net: null, oomKills: null },
    ...{ containers: null, egress: null, ingress: null, errors: null, hashes: null, scriptCpuMs: null },
    connections: Object.create(null) as Record<string, number>,
  };
}

/** By letter; false: not as the script writes it. */
const sections: Record<string, (tick: Tick, rest: string) => boolean> = {
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

const STATES: ServiceStatus[] = ['running', 'exited', 'restarting', 'paused', 'created', 'dead'];
const stateOf = (text: string): ServiceStatus => STATES.find((s) => s === text) ?? 'unknown';
const isContainerName = (name: string) => /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}$/.test(name);

function inspected(rest: string): ContainerReading | null {
  const parts = rest.split('|');
  const [name = '', id = '', image = '', state = '', started = '', finished = '', restarts = '', exit = '', oom, pid = ''] =
    parts;
  const bare = name.replace(/^\//, '');
  const restartCount = integer(restarts);
  if (parts.length < 13 || !isContainerName(bare) || !/^[0-9a-f]{12,64}$/.test(id) || restartCount === null) return null;
  const status = stateOf(state);
  return {
    name: bare,
    id,
    image: image.slice(0, 300),
    state: status,
    startedAt: dockerTime(started),
    finishedAt: dockerTime(finished),
    restartCount,
    // Docker says 0 for a container that runs; that is no exit code.
    exitCode: status === 'running' || status === 'created' ? null : integer(exit),
    oomKilled: oom === 'true',
    pid: integer(pid) || null,
    restartPolicy: parts[10] || null,
    stopSignal: parts[11] || null,
    agent: parts.slice(12).join('|') === 'true',
  };
}

/** docker ps knows less; its status holds the exit code: "Exited (137) 3 minutes ago". */
function listed(rest: string): ContainerReading | null {
  const parts = rest.split('|');
  const [id = '', name = '', image = '', state = '', status = ''] = parts;
  if (parts.length < 6 || !isContainerName(name) || !/^[0-9a-f]{12,64}$/.test(id)) return null;
  return {
    ...{ name, id, image: image.slice(0, 300), state: stateOf(state), startedAt: null, finishedAt: null, restartCount: 0 },
    exitCode: integer(/^(?:Exited|Restarting) \((\d{1,3})\)/.exec(status)?.[1] ?? ''),
    ...{ oomKilled: false, pid: null, restartPolicy: null, stopSignal: null, agent: parts.slice(5).join('|') === 'true' },
  };
}

/** RFC 3339; Docker's zero time (year 1) means never. */
function dockerTime(text: string): number | null {
  const ms = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN;
  return ms > 0 ? ms : null;
}

function dockerSentence(words: string): string {
  if (/^sudo:|sudoers|not allowed to execute/i.test(words))
    return 'sudo does not allow docker here: add the sudoers lines that are shown';
  if (/permission denied/i.test(words)) return 'the SSH user may not use docker';
  if (/cannot connect|is the docker daemon running/i.test(words)) return 'the Docker engine does not run';
  return words.slice(0, 300);
}

const integer = (text: string): number | null => (/^\d{1,15}$/.test(text) ? Number(text) : null);
const decimal = (text: string): number | null => (/^\d{1,12}(\.\d{1,12})?$/.test(text) ? Number(text) : null);
const clamp = (share: number) => Math.min(1, Math.max(0, share));
