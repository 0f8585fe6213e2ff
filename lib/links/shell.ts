import type { Duplex } from 'node:stream';
import type { Client, ClientChannel } from 'ssh2';
import { hostPort } from '@/lib/rules/secret-endpoint';
import { asLinkError, BadAnswer, type HostKeyFacts, LinkError, LostConnection, Unreachable } from './errors';
import { type Cut, LineSplitter } from './lines';
import type { Script } from './scripts';
import { connectSsh, forwardOut } from './ssh-connect';
import type { SshTarget } from './ssh-target';
import { sudoRefusal } from './sudo-refusal';

export const LINE_LIMIT = 64 * 1024;
export const OUTPUT_LIMIT = 4 * 1024 * 1024;
/** A stream that sends more than OUTPUT_LIMIT within this time is a flood and is ended. */
const FLOOD_WINDOW_MS = 10_000;

export type RunResult = {
  /** Exit code; null: ended by a signal, or by us because it was cut. */
  code: number | null;
  stdout: string;
  stderr: string;
  /** Set when a line was longer than 64 kB or all of it than 4 MB: the rest was dropped. */
  cut: 'line' | 'total' | null;
};
export type ScriptStream = {
  /** Asks the script to look again at once. */
  poke(): void;
  close(): void;
};

/** One SSH connection to one node. Only the fixed scripts run; their values go by stdin, one a line. */
export type Shell = {
  /** address:port */
  readonly endpoint: string;
  /** Keys that the host, and the jump host before it, showed; each was pinned. */
  readonly hostKeys: HostKeyFacts[];
  /** @throws LinkError (NotAllowed: no sudo; Unreachable: no answer in time; LostConnection: cut short) */
  run(script: Script, stdinLines: string[], options?: { timeoutMs?: number; signal?: AbortSignal }): Promise<RunResult>;
  /** Runs until closed. `onEnd` is called once: null after close(), else why it ended. */
  stream(
    script: Script,
    stdinLines: string[],
    handlers: { onLine: (line: string, cut: Cut) => void; onEnd: (error: LinkError | null) => void; signal?: AbortSignal },
  ): Promise<ScriptStream>;
  /** A TCP connection as seen from the node. */
  forward(host: string, port: number, timeoutMs?: number): Promise<Duplex>;
  close(): void;
  /** Called once, also when it is closed already. null: we closed it. */
  onClose(listener: (error: LinkError | null) => void): void;
};

/**
 * Logs in, with the host's key pinned: `target.pinned` empty throws HostKeyUnknown before any credential is sent.
 * @throws LinkError and its kin, each with a sentence and advice
 */
export async function openShell(target: SshTarget, { signal }: { signal?: AbortSignal } = {}): Promise<Shell> {
  const hostKeys: HostKeyFacts[] = [];
  return new SshShell(await connectSsh(target, signal, (key) => hostKeys.push(key)), target, hostKeys);
}

class SshShell implements Shell {
  readonly endpoint: string;
  private readonly listeners: ((error: LinkError | null) => void)[] = [];
  private ended: { error: LinkError | null } | null = null;
  private closing = false;
  /** A fast command's exit may arrive in the packet that opens its channel, before anyone who awaits the channel listens. */
  private readonly exits = new WeakMap<ClientChannel, { code: number | null }>();

  constructor(
    private readonly client: Client,
    private readonly target: SshTarget,
    readonly hostKeys: HostKeyFacts[],
  ) {
    this.endpoint = hostPort(target.address, target.port);
    let cause: LinkError | null = null;
    client.on('error', (error) => (cause = asLinkError(error, this.what)));
    client.once('close', () => {
      this.ended = { error: this.closing ? null : (cause ?? new LostConnection(`${this.what} cut the connection.`)) };
      for (const listener of this.listeners.splice(0)) listener(this.ended.error);
    });
  }

  private get what() {
    return `SSH at ${this.endpoint}`;
  }

  async run(
    script: Script,
    stdinLines: string[],
    { timeoutMs = 15_000, signal }: { timeoutMs?: number; signal?: AbortSignal } = {},
  ) {
    const deadline = AbortSignal.timeout(timeoutMs);
    const both = signal ? AbortSignal.any([deadline, signal]) : deadline;
    const channel = await this.exec(script, both);
    const late = () => new Unreachable(`${script.name} on ${this.endpoint} did not finish within ${timeoutMs / 1000} s.`);
    return new Promise<RunResult>((resolve, reject) => {
      let cut: RunResult['cut'] = null;
      let total = 0;
      const out = { stdout: [] as string[], stderr: [] as string[] };
      const collect = (into: string[]) => {
        const splitter = new LineSplitter(LINE_LIMIT, (line, lineCut) => {
          if (lineCut === 'too-long') cut ??= 'line';
          into.push(line);
        });
        return {
          push: (chunk: Buffer) => {
            if (cut === 'total') return;
            splitter.push(chunk);
            total += chunk.length;
            if (total > OUTPUT_LIMIT) {
              cut = 'total';
              hangUp(channel);
            }
          },
          end: () => splitter.end(),
        };
      };
      const stdout = collect(out.stdout);
      const stderr = collect(out.stderr);
      const abort = () => {
        hangUp(channel);
        reject(late());
      };
      both.addEventListener('abort', abort, { once: true });
      channel.on('data', stdout.push);
      channel.stderr.on('data', stderr.push);
      channel.once('close', () => {
        const answered = this.exits.get(channel);
        const code = answered?.code ?? null;
        both.removeEventListener('abort', abort);
        stdout.end();
        stderr.end();
        const result = { code, stdout: out.stdout.join('\n'), stderr: out.stderr.join('\n'), cut };
        const refusal = code === 0 ? null : sudoRefusal(result.stderr, this.target);
        if (refusal) reject(refusal);
        else if (!answered && cut === null) reject(new LostConnection(`${this.what} cut the answer of ${script.name} short.`));
        else resolve(result);
      });
      send(channel, stdinLines, true);
    });
  }

  async stream(script: Script, stdinLines: string[], handlers: Parameters<Shell['stream']>[2]): Promise<ScriptStream> {
    const channel = await this.exec(
      script,
      AbortSignal.any([AbortSignal.timeout(15_000), ...(handlers.signal ? [handlers.signal] : [])]),
    );
    let ended = false;
    let closing = false;
    const stderr: string[] = [];
    const end = (error: LinkError | null) => {
      if (ended) return;
      ended = true;
      handlers.signal?.removeEventListener('abort', close);
      handlers.onEnd(closing ? null : error);
    };
    const close = () => {
      closing = true;
      hangUp(channel);
      end(null);
    };
    const flood = floodGate(() => {
      hangUp(channel);
      end(
        new BadAnswer(`${script.name} on ${this.endpoint} sends more than ${OUTPUT_LIMIT} bytes in ${FLOOD_WINDOW_MS / 1000} s.`),
      );
    });
    const lines = new LineSplitter(LINE_LIMIT, (line, cut) => (ended ? undefined : handlers.onLine(line, cut)));
    const errors = new LineSplitter(1024, (line) => (stderr.length < 20 ? stderr.push(line) : undefined));
    channel.on('data', (chunk: Buffer) => {
      flood(chunk.length);
      if (!ended) lines.push(chunk);
    });
    channel.stderr.on('data', (chunk: Buffer) => {
      flood(chunk.length);
      errors.push(chunk);
    });
    channel.once('close', () => {
      const code = this.exits.get(channel)?.code ?? null;
      errors.end();
      const said = stderr.join(' ').slice(0, 300);
      end(
        sudoRefusal(stderr.join('\n'), this.target) ??
          (code === null
            ? new LostConnection(`${this.what} cut ${script.name} off.`)
            : new LinkError(`${script.name} on ${this.endpoint} ended with code ${code}${said ? `: ${said}` : '.'}`)),
      );
    });
    handlers.signal?.addEventListener('abort', close, { once: true });
    send(channel, stdinLines, false);
    return { poke: () => void (ended || channel.write('\n')), close };
  }

  forward(host: string, port: number, timeoutMs = 5_000) {
    if (this.ended) return Promise.reject(this.ended.error ?? new LostConnection(`${this.what} is closed.`));
    return forwardOut(this.client, host, port, timeoutMs);
  }

  close() {
    this.closing = true;
    this.client.end();
    // A host that hangs never answers the good-bye.
    setTimeout(() => this.client.destroy(), 1_000).unref();
  }

  onClose(listener: (error: LinkError | null) => void) {
    if (this.ended) listener(this.ended.error);
    else this.listeners.push(listener);
  }

  private exec(script: Script, signal: AbortSignal): Promise<ClientChannel> {
    const needsSudo = this.target.mode === 'full' && this.target.user !== 'root';
    return new Promise((resolve, reject) => {
      if (this.ended) return reject(this.ended.error ?? new LostConnection(`${this.what} is closed.`));
      const onAbort = () => reject(new Unreachable(`${this.what} did not start ${script.name} in time.`));
      if (signal.aborted) return onAbort();
      signal.addEventListener('abort', onAbort, { once: true });
      const lost = () => reject(new LostConnection(`${this.what} cut the connection.`));
      this.client.once('close', lost);
      this.client.exec(needsSudo ? script.sudoCommand : script.command, (error, channel) => {
        signal.removeEventListener('abort', onAbort);
        this.client.off('close', lost);
        channel?.once('exit', (code: number | null) => this.exits.set(channel, { code }));
        if (error) reject(asLinkError(error, this.what));
        else if (signal.aborted) hangUp(channel);
        else resolve(channel);
      });
    });
  }
}

function send(channel: ClientChannel, lines: string[], last: boolean) {
  // A newline inside a value would become a second value.
  if (lines.some((l) => /[\n\r\0]/.test(l))) {
    hangUp(channel);
    throw new LinkError('A value for a remote script must be one line.');
  }
  channel.on('error', () => undefined);
  const text = lines.map((l) => `${l}\n`).join('');
  if (last) channel.end(text);
  else channel.write(text);
}

function hangUp(channel: ClientChannel) {
  channel.on('error', () => undefined);
  channel.end();
  channel.close();
}

function floodGate(onFlood: () => void): (bytes: number) => void {
  let since = Date.now();
  let seen = 0;
  return (bytes) => {
    const now = Date.now();
    if (now - since > FLOOD_WINDOW_MS) {
      since = now;
      seen = 0;
    }
    seen += bytes;
    if (seen > OUTPUT_LIMIT) onFlood();
  };
}
