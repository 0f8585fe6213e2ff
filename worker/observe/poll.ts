import type { WorkerClock } from '../clock';
import { within } from '../clock';

const MAX_BACKOFF = 6;

/**
 * One source on its own clock: reads every `everyMs` with its own time-out; after failures it waits longer (up to `backoffMs`),
 * never overlaps with itself, and `ask()` reads at once (first suspicion does not wait for a turn).
 */
export class Poll {
  private cancel: (() => void) | null = null;
  private running = false;
  private again = false;
  private failures = 0;
  private stopped = false;

  constructor(
    private readonly clock: WorkerClock,
    private readonly o: {
      everyMs: number;
      timeoutMs: number;
      backoffMs?: number;
      /** @returns what takes the answer up: called when it came in time only, for a late one may be older than the next. */
      read: (signal: AbortSignal) => Promise<() => void>;
      failed: (error: Error) => void;
    },
  ) {}

  start(): this {
    this.schedule(0);
    return this;
  }

  /** Reads now; when a read is under way, once more after it. */
  ask(): void {
    if (this.running) this.again = true;
    else this.schedule(0);
  }

  stop(): void {
    this.stopped = true;
    this.cancel?.();
  }

  private schedule(ms: number): void {
    this.cancel?.();
    if (!this.stopped) this.cancel = this.clock.after(ms, () => void this.turn());
  }

  private async turn(): Promise<void> {
    if (this.stopped || this.running) return;
    this.running = true;
    const began = this.clock.monotonic();
    try {
      const learn = await within(this.clock, this.o.timeoutMs, this.o.read);
      if (!this.stopped) learn();
      this.failures = 0;
    } catch (error) {
      this.failures = Math.min(this.failures + 1, MAX_BACKOFF);
      if (!this.stopped) this.o.failed(error instanceof Error ? error : new Error(String(error)));
    }
    this.running = false;
    const again = this.again;
    this.again = false;
    const wait = Math.min(
      this.o.everyMs * 2 ** Math.max(0, this.failures - 2),
      Math.max(this.o.everyMs, this.o.backoffMs ?? 5_000),
    );
    this.schedule(again ? 0 : Math.max(0, wait - (this.clock.monotonic() - began)));
  }
}
