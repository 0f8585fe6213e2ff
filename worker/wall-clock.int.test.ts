import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { readClocks } from '@/lib/core/observe/read-clocks';
import { openDb } from '@/lib/db/client';
import { FRESHNESS } from '@/lib/rules/freshness';
import { testDatabase } from '@/test/database';
import { systemClock } from './clock';
import { FakeCluster } from './fake-cluster';
import type { Worker } from './run';
import { declareDeployment, startWorker, until } from './test-deployment';

let database: Awaited<ReturnType<typeof testDatabase>>;
let owner: pg.Pool;
let web: ReturnType<typeof openDb>;
let worker: Worker | undefined;
beforeAll(async () => {
  database = await testDatabase();
  owner = new pg.Pool({ connectionString: database.url, max: 2 });
  web = openDb(database.webUrl);
});
afterAll(async () => {
  await Promise.all([owner.end(), web.close()]);
  await database.drop();
});
afterEach(async () => {
  await worker?.stop();
  await owner.query('DELETE FROM deployment');
  await owner.query('TRUNCATE event, lease, worker_instance');
});

const HOUR_MS = 3_600_000;

test.each([
  ['ahead', HOUR_MS],
  ['behind', -HOUR_MS],
])('a worker whose wall clock is an hour %s shows a live source as live and a dead one as stale', async (_, wrong) => {
  const cluster = new FakeCluster();
  const { id } = await declareDeployment(owner, cluster);
  worker = startWorker(database.workerUrl, cluster, 'w', { ...systemClock, now: () => Date.now() + wrong });
  const read = async () => {
    const clocks = (await readClocks(web.db, [id])).get(id)!;
    return { redis: clocks.of(['redis']), livekit: clocks.of(['livekit']), now: clocks.now.getTime() };
  };
  const live = await until(read, (c) => !c.redis.stale && !c.livekit.stale, 12_000);
  for (const { asOf } of [live.redis, live.livekit])
    expect(Math.abs(Date.parse(asOf!) - live.now)).toBeLessThan(FRESHNESS.livekit.limitMs);

  cluster.redisAway = true;
  await until(read, (c) => c.redis.stale && !c.livekit.stale, FRESHNESS.redis.limitMs + 8_000);
  const { rows } = await owner.query<{ off: number }>(
    "SELECT max(abs(extract(epoch FROM now() - at)))::float8 AS off FROM event WHERE kind = 'delta'",
  );
  expect(rows[0]!.off).toBeLessThan(60);
});
