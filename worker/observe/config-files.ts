import type { Detected } from '@/lib/rules/detected';
import type { WorkerClock } from '../clock';
import { Poll } from './poll';

/** Installations change by an upgrade only. */
const EVERY_MS = 600_000;
const RETRY_MS = 30_000;
/** A master that is switched off takes its time-out before the next one is asked. */
const TIMEOUT_MS = 60_000;

/** Reads the config files of a master at take-over and every 10 minutes; after a failure again in half a minute. */
export function watchConfigFiles(
  clock: WorkerClock,
  read: (signal: AbortSignal) => Promise<Detected>,
  learned: (detected: Detected) => void,
): Poll {
  let readAt = -Infinity;
  return new Poll(clock, {
    everyMs: RETRY_MS,
    timeoutMs: TIMEOUT_MS,
    backoffMs: RETRY_MS,
    read: async (signal) => {
      if (clock.monotonic() - readAt < EVERY_MS) return () => undefined;
      const detected = await read(signal);
      return () => {
        learned(detected);
        readAt = clock.monotonic();
      };
    },
    failed: () => undefined, // the stream of the same node says what is wrong with SSH
  }).start();
}
