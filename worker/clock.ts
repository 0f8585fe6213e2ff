/** Time as the worker takes it; tests give a virtual one. All in ms. */
export type WorkerClock = {
  /** Since the epoch: what is written. It may be corrected. */
  now(): number;
  /** Only ever forward, whatever is done to wall clocks: for leases, waits and gaps. */
  monotonic(): number;
  /** @returns what cancels it. */
  after(ms: number, run: () => void): () => void;
};

export const systemClock: WorkerClock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** Settles as `work` does, or rejects after `ms`; the signal that `work` got is then aborted. */
export async function within<T>(clock: WorkerClock, ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  return new Promise<T>((resolve, reject) => {
    const cancel = clock.after(ms, () => {
      reject(new Error(`no answer within ${ms} ms`));
      abort.abort();
    });
    work(abort.signal).then(resolve, reject).finally(cancel);
  });
}
