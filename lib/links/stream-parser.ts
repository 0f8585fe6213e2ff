import type { ContainerEvent, HostReading } from '@/lib/rules/readings';
import type { Cut } from './lines';
import { decimal, integer, isContainerName } from './stream-numbers';
import { type CpuTimes, emptyTick, type Kept, sections, type Tick } from './stream-sections';

/** A tick that grows beyond this is not the script's. */
const MAX_LINES = 2_000;
const ACTIONS: ContainerEvent['action'][] = ['start', 'die', 'kill', 'oom', 'stop', 'restart', 'pause', 'unpause', 'destroy'];

/**
 * Lines of remote/stream.sh to readings. Whatever a node sends, it throws nothing and holds no more than one tick: a tick
 * with a line missing, cut or wrong gives no reading, or gives that figure as null; what is none of the script's is counted.
 */
export class StreamParser {
  /** Lines that were not understood, since the beginning. */
  garbage = 0;
  private tick: Tick | null = null;
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
    return Math.min(1, Math.max(0, (now.busy - before.busy) / (now.total - before.total)));
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
