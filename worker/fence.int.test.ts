import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDatabase } from '@/test/database';
import { FakeCluster } from './fake-cluster';
import { fenced } from './fence';
import { declareDeployment } from './test-deployment';

let database: Awaited<ReturnType<typeof testDatabase>>;
let owner: pg.Pool;
beforeAll(async () => {
  database = await testDatabase();
  owner = new pg.Pool({ connectionString: database.url, max: 4 });
  owner.on('error', () => undefined);
});
afterAll(async () => {
  await owner.end();
  await database.drop();
});

test('a take-over waits for a write that is under way, so that none lands after it', async () => {
  const d = await declareDeployment(owner, new FakeCluster());
  const pool = new pg.Pool({ connectionString: database.workerUrl, max: 2 });
  await owner.query("INSERT INTO lease VALUES ($1, 'old', 1, clock_timestamp() + interval '300 ms')", [d.id]);
  const order: string[] = [];
  let taken: Promise<unknown> = Promise.resolve();
  await fenced(pool, { deploymentId: d.id, holder: 'old', epoch: 1n }, async (tx) => {
    await tx.query('SELECT pg_sleep(0.4)');
    taken = owner
      .query("UPDATE lease SET holder = 'new', epoch = 2 WHERE expires_at <= clock_timestamp()")
      .then(() => order.push('taken'));
    await tx.query("INSERT INTO source_clock (deployment_id, source) VALUES ($1, 'redis')", [d.id]);
    await tx.query('SELECT pg_sleep(0.2)');
    order.push('written');
  });
  await taken;
  expect(order).toEqual(['written', 'taken']);
  await pool.end();
});
