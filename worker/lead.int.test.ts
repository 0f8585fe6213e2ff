import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { testDatabase } from '@/test/database';
import { systemClock } from './clock';
import { FakeCluster } from './fake-cluster';
import { Deposed, fenced, type Lease } from './fence';
import { BEAT_MS, Leading, LEASE_MS } from './lead';
import type { Worker } from './run';
import { declareDeployment, startWorker, until } from './test-deployment';
import { makeLog } from './log';

let database: Awaited<ReturnType<typeof testDatabase>>;
let owner: pg.Pool;
const workers: Worker[] = [];
const children: ChildProcess[] = [];

beforeAll(async () => {
  database = await testDatabase();
  owner = new pg.Pool({ connectionString: database.url, max: 4 });
  owner.on('error', () => undefined);
});
afterAll(async () => {
  await owner.end();
  await database.drop();
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await Promise.all(workers.splice(0).map((w) => w.stop()));
  await owner.query('DELETE FROM deployment');
  await owner.query('TRUNCATE event, lease, worker_instance');
});

const start = (cluster: FakeCluster, id: string) => {
  const worker = startWorker(database.workerUrl, cluster, id);
  workers.push(worker);
  return worker;
};
const leases = async () =>
  (
    await owner.query<{ deployment_id: string; holder: string; epoch: string; live: boolean }>(
      'SELECT deployment_id, holder, epoch, expires_at > clock_timestamp() AS live FROM lease ORDER BY deployment_id',
    )
  ).rows;
const states = async (id: string) =>
  (
    await owner.query(
      'SELECT n.address, s.health, s.stage, s.since, s.sentence FROM node n JOIN node_state s ON s.node_id = n.id WHERE n.deployment_id = $1 ORDER BY n.address',
      [id],
    )
  ).rows;

test('two workers share the deployments fairly, and hand nothing over needlessly', async () => {
  const cluster = new FakeCluster();
  for (let i = 0; i < 4; i++) await declareDeployment(owner, cluster);
  const a = start(cluster, 'a');
  const b = start(cluster, 'b');
  await until(
    async () => [a.leads().length, b.leads().length],
    ([x, y]) => x === 2 && y === 2,
    10_000,
  );
  const before = await leases();
  await new Promise((r) => setTimeout(r, 2 * BEAT_MS));
  expect((await leases()).map((l) => [l.deployment_id, l.holder, l.epoch])).toEqual(
    before.map((l) => [l.deployment_id, l.holder, l.epoch]),
  );
});

test('a worker that comes later is handed its share once it has settled', async () => {
  const cluster = new FakeCluster();
  for (let i = 0; i < 2; i++) await declareDeployment(owner, cluster);
  const a = start(cluster, 'a');
  await until(
    async () => a.leads().length,
    (n) => n === 2,
    5_000,
  );
  const b = start(cluster, 'b');
  await until(
    async () => [a.leads().length, b.leads().length],
    ([x, y]) => x === 1 && y === 1,
    25_000,
  );
});

test('kill -9 of a worker moves its deployments within 15 s, and nothing that is shown jumps', async () => {
  const cluster = new FakeCluster();
  const d = await declareDeployment(owner, cluster);
  const child = worker(database.workerUrl);
  await until(
    () => states(d.id),
    (s) => s.length === 7 && s.every((x) => x.health === 'up'),
    20_000,
  );
  const before = await states(d.id);
  const survivor = start(cluster, 'survivor');
  const epoch = Number((await leases())[0]?.epoch);

  const seen = new Set<string>();
  const watch = setInterval(() => void states(d.id).then((s) => seen.add(JSON.stringify(s))), 100);
  const killedAt = Date.now();
  child.kill('SIGKILL');
  await until(
    async () => survivor.leads(),
    (l) => l.includes(d.id),
    15_000,
  );
  const took = Date.now() - killedAt;
  // The survivor reads everything in its first seconds: what it then writes must be the same.
  await until(
    async () => (await owner.query("SELECT ok_at FROM source_clock WHERE source = 'redis'")).rows[0].ok_at as Date,
    (at) => at.getTime() > killedAt + took + 3_000,
    12_000,
  );
  clearInterval(watch);
  process.stdout.write(`      take-over after kill -9: ${took} ms\n`);
  expect(took).toBeLessThan(15_000);
  expect(Number((await leases())[0]?.epoch)).toBe(epoch + 1);
  expect([...seen]).toEqual([JSON.stringify(before)]);
});

test('what was down before a change of leader is down since the same time after it', async () => {
  const cluster = new FakeCluster();
  const d = await declareDeployment(owner, cluster);
  const first = start(cluster, 'first');
  await until(
    () => states(d.id),
    (s) => s.length === 7 && s.every((x) => x.health === 'up'),
    15_000,
  );
  cluster.kill('127.99.1.2');
  const down = await until(
    async () => (await states(d.id)).find((s) => s.address === '127.99.1.2'),
    (s) => s.health === 'down',
    5_000,
  );
  const events = async () => (await owner.query("SELECT id FROM event WHERE kind <> 'delta'")).rows.length;
  await until(
    async () => (await owner.query('SELECT status FROM deployment_state')).rows[0].status,
    (s) => s === 'UNSTABLE',
    5_000,
  );
  const told = await events();
  workers.splice(0);
  await first.stop();
  const second = start(cluster, 'second');
  await until(
    async () => second.leads(),
    (l) => l.length === 1,
    5_000,
  ); // a lease given up is taken at once
  await until(
    async () => (await owner.query("SELECT ok_at FROM source_clock WHERE source = 'livekit'")).rows[0].ok_at as Date,
    (at) => Date.now() - at.getTime() < 800,
    12_000,
  );
  expect((await states(d.id)).find((s) => s.address === '127.99.1.2')).toEqual(down);
  expect(await events()).toBe(told);
});

test("a deposed leader's write fails and leaves nothing", async () => {
  const d = await declareDeployment(owner, new FakeCluster());
  const pool = new pg.Pool({ connectionString: database.workerUrl, max: 2 });
  const led: Lease[] = [];
  const lost: Lease[] = [];
  const leading = new Leading({
    pool,
    id: 'old',
    clock: systemClock,
    log: makeLog('error'),
    onLead: (l) => led.push(l),
    onLost: (l) => lost.push(l),
  });
  leading.start();
  await until(
    async () => led.length,
    (n) => n === 1,
    5_000,
  );
  const write = () =>
    fenced(pool, led[0]!, (tx) => tx.query("INSERT INTO source_clock (deployment_id, source) VALUES ($1, 'redis')", [d.id]));
  await write();
  await owner.query("UPDATE lease SET holder = 'new', epoch = epoch + 1, expires_at = clock_timestamp() + interval '8 s'");
  await owner.query('DELETE FROM source_clock');
  await expect(write()).rejects.toThrow(Deposed);
  expect((await owner.query('SELECT 1 FROM source_clock')).rowCount).toBe(0);
  await until(
    async () => lost.length,
    (n) => n === 1,
    5_000,
  );
  await leading.stop();
  await pool.end();
});

test('a leader that cannot reach the database stops before its lease is over', async () => {
  const d = await declareDeployment(owner, new FakeCluster());
  const pool = new pg.Pool({ connectionString: database.workerUrl, max: 2 });
  pool.on('error', () => undefined);
  let away = false;
  const real = pool.query.bind(pool);
  // Simulated: the database hangs for this worker alone.
  Object.assign(pool, { query: (...args: Parameters<typeof real>) => (away ? new Promise(() => undefined) : real(...args)) });
  let lostAt = 0;
  const leading = new Leading({
    pool,
    id: 'cut',
    clock: systemClock,
    log: makeLog('error'),
    onLead: () => undefined,
    onLost: () => (lostAt = Date.now()),
  });
  leading.start();
  await until(
    async () => leading.held.size,
    (n) => n === 1,
    5_000,
  );
  away = true;
  const { rows } = await owner.query<{ left: number }>(
    'SELECT extract(epoch FROM expires_at - clock_timestamp()) * 1000 AS left FROM lease WHERE deployment_id = $1',
    [d.id],
  );
  const ends = Date.now() + Number(rows[0]?.left);
  await until(
    async () => lostAt,
    (at) => at > 0,
    LEASE_MS + 2_000,
  );
  expect(lostAt).toBeLessThanOrEqual(ends + 500);
});

/** The worker as a process of its own, with the simulated deployment inside. */
function worker(databaseUrl: string): ChildProcess {
  const here = path.dirname(fileURLToPath(import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', path.join(here, 'fake-worker.ts')], {
    cwd: path.join(here, '..'),
    env: { ...process.env, DATABASE_URL: databaseUrl },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  void once(child, 'exit');
  children.push(child);
  return child;
}
