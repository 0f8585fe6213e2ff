import { randomUUID } from 'node:crypto';
import { openDb } from '@/lib/db/client';
import type { Opener } from '@/lib/db/seal';
import { runTasks } from './deliver/run-tasks';
import { systemClock, type WorkerClock } from './clock';
import { DatabaseClock } from './database-clock';
import { listen } from './listen';
import type { Log } from './log';
import type { OpenLinks } from './observe/links';
import { Supervisor } from './supervisor';
import { keepPartitions } from './write/samples';

/** Above every statement_timeout of the worker: what takes longer is a database that is cut off. */
const QUERY_TIMEOUT_MS = 10_000;
const PARTITIONS_MS = 3_600_000;
const PARTITIONS_RETRY_MS = 5_000;

export type WorkerOptions = {
  databaseUrl: string;
  opener: Opener | null;
  openLinks: OpenLinks;
  log: Log;
  clock?: WorkerClock;
  id?: string;
};
export type Worker = { id: string; leads: () => string[]; stop: () => Promise<void> };

/** The worker without its process: what main.ts starts, and what tests start twice. Returns at once; the database may come later. */
export function runWorker({
  databaseUrl,
  opener,
  openLinks,
  log,
  clock: wall = systemClock,
  id = randomUUID(),
}: WorkerOptions): Worker {
  const clock = new DatabaseClock(wall);
  const { db, pool, close } = openDb(databaseUrl, {
    max: 10,
    queryTimeoutMs: QUERY_TIMEOUT_MS,
    onError: (error) => log.debug({ error }, 'an idle connection broke'),
  });
  const supervisor = new Supervisor({ pool, id, opener, openLinks, clock, log });
  const unlisten = listen(databaseUrl, ['signalbox_lease', 'signalbox_inventory'], clock, log, () => supervisor.nudge());
  const ending = new AbortController();
  const onError = (message: string, error: unknown) => log.warn({ error }, message);
  const tasks = opener ? runTasks({ db, opener, workerId: id, signal: ending.signal, onError }) : Promise.resolve();
  let cancel: () => void = () => undefined;
  let stopped = false;
  const partitions = () => {
    keepPartitions(pool)
      .then(() => PARTITIONS_MS)
      .catch(() => PARTITIONS_RETRY_MS)
      .then((ms) => (stopped ? undefined : (cancel = clock.after(ms, partitions))))
      .catch(() => undefined);
  };
  partitions();
  supervisor.start();
  return {
    id,
    leads: () => [...supervisor.leading.held.keys()],
    stop: async () => {
      stopped = true;
      cancel();
      ending.abort();
      await supervisor.stop();
      await tasks.catch((error: unknown) => onError('tasks did not end well', error));
      await unlisten();
      await close();
    },
  };
}
