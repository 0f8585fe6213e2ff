import type { Pool } from 'pg';
import pino from 'pino';
import { expect, test } from 'vitest';
import type { WorkerClock } from './clock';
import { DatabaseClock } from './database-clock';
import { FakeCluster } from './fake-cluster';
import { Supervisor } from './supervisor';

test('a deployment that cannot be opened is tried again and again, and leaves nothing behind in memory', async () => {
  let tries = 0;
  let cancelled = 0;
  // Waits of a second take no time here; the others never end.
  const clock: WorkerClock = {
    now: () => 0,
    monotonic: () => 0,
    after: (ms, run) => {
      if (ms === 0 || (ms === 1_000 && tries < 100)) setImmediate(run);
      return () => void (cancelled += 1);
    },
  };
  const query = async (sql: string) => {
    if (sql.includes('concat_ws')) {
      tries += 1;
      throw new Error('away');
    }
    if (sql.includes('WITH alive')) return { rows: [{ free: ['d'], orphans: [], deployments: 1, workers: 1, room: false }] };
    return { rows: sql.startsWith('INSERT INTO lease') ? [{ epoch: '1' }] : [{ ms: 0 }] };
  };
  const pool = { query } as unknown as Pool; // the queries of this test alone
  const supervisor = new Supervisor({
    pool,
    id: 'w',
    opener: null,
    openLinks: new FakeCluster().open,
    clock: new DatabaseClock(clock),
    log: pino({ level: 'silent' }),
  });
  supervisor.start();
  await expect.poll(() => tries).toBe(100);
  cancelled = 0;
  await supervisor.stop();
  expect(cancelled).toBeLessThan(10);
});
