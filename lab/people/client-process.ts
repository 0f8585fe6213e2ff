import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const message = z.union([
  z.object({ loaded: z.literal(true) }),
  z.object({ unavailable: z.string() }),
  z.object({ id: z.number(), ok: z.literal(true) }),
  z.object({ id: z.number(), error: z.string() }),
  z.object({ client: z.string(), event: z.enum(['reconnecting', 'reconnected', 'disconnected']), reason: z.string().optional() }),
]);

export interface ClientEvent {
  client: string;
  event: 'reconnecting' | 'reconnected' | 'disconnected';
  /** LiveKit's DisconnectReason by name, e.g. SERVER_SHUTDOWN. */
  reason?: string;
}

const START_MS = 20_000;
const REQUEST_MS = 30_000;
const END_MS = 4000;

/** The process that holds the participants (participants.mjs). It may die at any time: `onExit` tells, and nothing here throws. */
export class ClientProcess {
  private readonly pending = new Map<number, (problem: string | undefined) => void>();
  private next = 0;
  private lastWords: string[] = [];

  private constructor(
    private readonly child: ChildProcess,
    private readonly onEvent: (event: ClientEvent) => void,
    onExit: (why: string) => void,
  ) {
    child.stderr
      ?.setEncoding('utf8')
      .on('data', (text: string) => (this.lastWords = [...this.lastWords, ...text.split('\n')].slice(-5)));
    child.on('message', (raw) => this.take(raw));
    child.once('exit', (code, signal) => {
      for (const settle of this.pending.values()) settle('the process of the participants ended');
      this.pending.clear();
      onExit(`code ${code ?? '-'}, signal ${signal ?? '-'} ${this.lastWords.filter(Boolean).join(' | ')}`.trim());
    });
  }

  /** @returns the process, or why rtc-node cannot be loaded on this machine */
  static start(
    onEvent: (event: ClientEvent) => void,
    onExit: (why: string) => void,
  ): Promise<ClientProcess | { unavailable: string }> {
    const script = fileURLToPath(new URL('./participants.mjs', import.meta.url));
    // Options of a test runner or of tsx must not reach a plain script.
    const child = fork(script, [], {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { ...process.env, RUST_LOG: 'error' },
    });
    return new Promise((done) => {
      let loaded = false;
      const give = (result: ClientProcess | { unavailable: string }) => {
        clearTimeout(timer);
        done(result);
      };
      const unavailable = (why: string) => {
        child.kill('SIGKILL');
        give({ unavailable: why });
      };
      const timer = setTimeout(() => unavailable('rtc-node did not load in time'), START_MS);
      const running = new ClientProcess(child, onEvent, (why) => (loaded ? onExit(why) : unavailable(why)));
      child.on('message', (raw) => {
        const parsed = message.safeParse(raw);
        if (!parsed.success) return;
        if ('unavailable' in parsed.data) unavailable(parsed.data.unavailable);
        if ('loaded' in parsed.data) {
          loaded = true;
          give(running);
        }
      });
    });
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Rejects with what rtc-node said, or when there is no answer in 30 s. */
  request(act: 'join' | 'leave' | 'end', body: Record<string, string> = {}, timeoutMs = REQUEST_MS): Promise<void> {
    const id = (this.next += 1);
    return new Promise((done, fail) => {
      const timer = setTimeout(() => settle(`no answer to ${act} in ${timeoutMs} ms`), timeoutMs);
      const settle = (problem: string | undefined) => {
        clearTimeout(timer);
        this.pending.delete(id);
        if (problem === undefined) done();
        else fail(new Error(problem));
      };
      this.pending.set(id, settle);
      if (!this.child.connected) settle('the process of the participants ended');
      else this.child.send({ id, act, ...body }, (error) => error && settle(error.message));
    });
  }

  /** Lets everybody leave, then ends the process whatever it does. */
  async end(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = new Promise((done) => this.child.once('exit', done));
    await this.request('end', {}, END_MS).catch(() => undefined);
    this.child.kill('SIGKILL');
    await gone;
  }

  private take(raw: unknown): void {
    const parsed = message.safeParse(raw);
    if (!parsed.success) return;
    if ('event' in parsed.data) this.onEvent(parsed.data);
    else if ('id' in parsed.data) this.pending.get(parsed.data.id)?.('error' in parsed.data ? parsed.data.error : undefined);
  }
}
