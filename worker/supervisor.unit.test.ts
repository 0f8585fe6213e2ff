import type { Pool } from 'pg';
import pino from 'pino';
import { expect, test } from 'vitest';
import { DeploymentSettings } from '@/lib/contract/inventory';
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

test('however often it is nudged, one inventory is read at a time, and once more after it', async () => {
  let under = 0;
  let most = 0;
  let reads = 0;
  const answers: (() => void)[] = [];
  const clock: WorkerClock = {
    now: () => 0,
    monotonic: () => 0,
    after: (ms, run) => {
      if (ms === 0) setImmediate(run);
      return () => undefined;
    },
  };
  const deployment = {
    slug: 'd',
    name: 'D',
    platform: 'onprem',
    rev: 1,
    settings: DeploymentSettings.parse({ masters: new FakeCluster().masters, ssh: { user: 'root' } }),
  };
  const query = async (sql: string) => {
    if (sql.includes('concat_ws')) {
      reads += 1;
      if (reads === 1) return { rows: [{ id: 'd', version: '1' }] };
      most = Math.max(most, (under += 1));
      await new Promise<void>((resolve) => answers.push(resolve));
      under -= 1;
      return { rows: [{ id: 'd', version: '1' }] };
    }
    if (sql.includes('FROM deployment WHERE')) return { rows: [deployment] };
    if (sql.includes('WITH alive'))
      return { rows: [{ free: reads === 0 ? ['d'] : [], orphans: [], deployments: 1, workers: 1, room: false }] };
    if (sql.startsWith('INSERT INTO lease')) return { rows: [{ epoch: '1' }] };
    return { rows: sql.includes('AS ms') ? [{ ms: 0 }] : [] };
  };
  const opened = new FakeCluster();
  const supervisor = new Supervisor({
    pool: { query } as unknown as Pool, // the queries of this test alone
    id: 'w',
    opener: null,
    openLinks: opened.open,
    clock: new DatabaseClock(clock),
    log: pino({ level: 'silent' }),
  });
  supervisor.start();
  await expect.poll(() => opened.opened).toBe(1);
  for (let i = 0; i < 5; i++) supervisor.nudge();
  await expect.poll(() => answers.length).toBeGreaterThan(0);
  answers[0]?.();
  await expect.poll(() => answers.length).toBe(2);
  answers[1]?.();
  await expect.poll(() => under).toBe(0);
  expect([most, reads]).toEqual([1, 3]);
  await supervisor.stop();
});
