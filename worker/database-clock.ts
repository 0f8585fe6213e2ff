import type { Pool } from 'pg';
import type { WorkerClock } from './clock';

/** A correction up to this is drift: it is followed in quarters, and time never goes back. Beyond it a clock was set. */
const DRIFT_MS = 1_000;
/** A slower answer says too little of the middle of its round trip. */
const SLOW_MS = 2_000;

/**
 * The time of the database as this worker knows it: what is written is judged by the database's now(), whatever the wall clock
 * of this machine says. It runs by the monotonic clock, and `measure` corrects it.
 */
export class DatabaseClock implements WorkerClock {
  /** Database time less monotonic time. */
  private offset: number;
  private measured = false;
  private last = -Infinity;

  constructor(private readonly base: WorkerClock) {
    this.offset = base.now() - base.monotonic();
  }

  monotonic = () => this.base.monotonic();
  after = (ms: number, run: () => void) => this.base.after(ms, run);

  now(): number {
    this.last = Math.max(this.last, Math.round(this.base.monotonic() + this.offset));
    return this.last;
  }

  /** One question to the database, against the middle of its round trip. @throws what the driver throws */
  async measure(pool: Pick<Pool, 'query'>): Promise<void> {
    const began = this.base.monotonic();
    const { rows } = await pool.query<{ ms: number }>('SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms');
    const ended = this.base.monotonic();
    const ms = rows[0]?.ms;
    if (ms === undefined || (this.measured && ended - began > SLOW_MS)) return;
    this.correct(ms - (began + ended) / 2 - this.offset);
  }

  private correct(by: number): void {
    const step = !this.measured || Math.abs(by) > DRIFT_MS;
    this.offset += step ? by : by / 4;
    // A step back is taken at once: time that stood still for an hour would be worse.
    if (step) this.last = -Infinity;
    this.measured = true;
  }
}
