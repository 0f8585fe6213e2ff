import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { testDatabase } from '@/test/database';
import { FakeCluster } from './fake-cluster';
import type { Worker } from './run';
import { declareDeployment, startWorker, until } from './test-deployment';

let database: Awaited<ReturnType<typeof testDatabase>>;
let owner: pg.Pool;
let cluster: FakeCluster;
let worker: Worker;
let deployment: { id: string; slug: string };

beforeAll(async () => {
  database = await testDatabase();
  owner = new pg.Pool({ connectionString: database.url, max: 4 });
  owner.on('error', () => undefined);
});
afterAll(async () => {
  await owner.end();
  await database.drop();
});
beforeEach(async () => {
  cluster = new FakeCluster();
  deployment = await declareDeployment(owner, cluster);
  worker = startWorker(database.workerUrl, cluster);
  await until(nodes, (n) => n.length === 7 && n.every((x) => x.health === 'up'), 15_000);
});
afterEach(async () => {
  await worker.stop();
  await owner.query('DELETE FROM deployment');
  await owner.query('TRUNCATE event, lease');
});

type NodeRow = {
  name: string;
  address: string;
  health: string | null;
  stage: string;
  since: Date;
  sentence: string;
  xmin: string;
  reasons: { code: string }[];
  figures: { rooms: number | null };
};
async function nodes(): Promise<NodeRow[]> {
  const { rows } = await owner.query(
    'SELECT n.name, n.address, s.health, s.stage, s.since, s.sentence, s.reasons, s.figures, s.xmin::text FROM node n LEFT JOIN node_state s ON s.node_id = n.id WHERE n.deployment_id = $1 ORDER BY n.name',
    [deployment.id],
  );
  return rows;
}
const node = async (address: string) => (await nodes()).find((n) => n.address === address)!;
const status = async () =>
  (await owner.query('SELECT status, sentence, since FROM deployment_state WHERE deployment_id = $1', [deployment.id])).rows[0];
const events = async (kind: string) =>
  (await owner.query('SELECT * FROM event WHERE deployment_id = $1 AND kind = $2 ORDER BY id', [deployment.id, kind])).rows;
const placed = async () =>
  (
    await owner.query(
      'SELECT r.name, n.address FROM room r LEFT JOIN node n ON n.id = r.node_id WHERE r.deployment_id = $1 AND r.ended_at IS NULL ORDER BY r.name',
      [deployment.id],
    )
  ).rows;

test('media nodes are found in Redis, one row an address', async () => {
  expect((await nodes()).map((n) => n.name)).toEqual([
    'master-1',
    'master-2',
    'master-3',
    'master-4',
    'media-127.99.1.1',
    'media-127.99.1.2',
    'media-127.99.1.3',
  ]);
  expect(await status()).toMatchObject({ status: 'UP', sentence: 'All well: 4 of 4 masters, 3 of 3 media nodes.' });
});

test('a killed LiveKit is down in the database within 2 s, with the event and the status of the deployment', async () => {
  const killedAt = Date.now();
  cluster.kill('127.99.1.2');
  const state = await until(
    () => node('127.99.1.2'),
    (n) => n.health === 'down',
    5_000,
  );
  expect(Date.now() - killedAt).toBeLessThan(2_000);
  expect(state.reasons[0]?.code).toBe('container-exited');
  expect(await until(status, (s) => s.status === 'UNSTABLE')).toMatchObject({
    sentence: expect.stringMatching(/media-127\.99\.1\.2 is down/i),
  });
  expect(await events('node.down')).toHaveLength(1);
  expect((await events('service.exited'))[0]).toMatchObject({
    severity: 'warning',
    data: { service: 'openvidu', exitCode: 137 },
  });
});

test('without a Docker event, presence and the refused port show the death within 3 s', async () => {
  const killedAt = Date.now();
  cluster.silentSsh.add('127.99.1.2');
  cluster.kill('127.99.1.2', { event: false });
  await until(
    () => node('127.99.1.2'),
    (n) => n.health === 'down',
    6_000,
  );
  expect(Date.now() - killedAt).toBeLessThan(3_000);
});

test('quiet ticks write nothing but the clocks of the sources', async () => {
  cluster.addRoom('one', '127.99.1.1');
  await until(placed, (r) => r.length === 1);
  const rows = async () =>
    (
      await owner.query(
        `SELECT 'n' || node_id AS key, xmin::text FROM node_state UNION ALL SELECT 's' || node_id || service, xmin::text FROM service_state
         UNION ALL SELECT 'd' || deployment_id, xmin::text FROM deployment_state UNION ALL SELECT 'r' || sid, xmin::text FROM room ORDER BY 1`,
      )
    ).rows;
  const quiet = async () => {
    const a = await rows();
    await new Promise((r) => setTimeout(r, 1_200));
    return JSON.stringify(a) === JSON.stringify(await rows());
  };
  await until(quiet, (q) => q, 10_000);
  const before = await rows();
  const clock = async () =>
    (await owner.query("SELECT max(ok_at) AS at FROM source_clock WHERE source = 'redis'")).rows[0].at as Date;
  const last = Number((await owner.query('SELECT max(id) AS id FROM event')).rows[0].id);
  const from = await clock();
  await until(clock, (at) => at.getTime() - from.getTime() > 5_500, 10_000);
  expect(await rows()).toEqual(before);
  expect(Number((await owner.query('SELECT max(id) AS id FROM event')).rows[0].id)).toBe(last);
});

test('the rooms of each node equal room_node_map within 3 s, also when they move and end', async () => {
  for (let i = 0; i < 60; i++) cluster.addRoom(`room-${i}`, cluster.media[i % 3]!, i % 4);
  const map = () =>
    [...cluster.rooms]
      .map(([name, r]) => ({ name, address: [...cluster.livekit].find(([, l]) => l.id === r.node)?.[0] ?? null }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  await until(placed, (rows) => JSON.stringify(rows) === JSON.stringify(map()), 3_000);
  cluster.moveRoom('room-7', '127.99.1.1');
  cluster.rooms.delete('room-8');
  cluster.addRoom('it\'s \u0000 "odd" \ud800 <b>', '127.99.1.3');
  await until(placed, (rows) => rows.length === 60 && rows.find((r) => r.name === 'room-7')?.address === '127.99.1.1', 3_000);
  const moved = await events('room.moved');
  expect(moved).toHaveLength(1);
  expect(moved[0]).toMatchObject({ room: 'room-7', data: { from: 'media-127.99.1.2', to: 'media-127.99.1.1' } });
  const { rows } = await owner.query("SELECT to_at IS NULL AS open FROM room_placement WHERE room_sid = 'RM_room-7' ORDER BY id");
  expect(rows).toEqual([{ open: false }, { open: true }]);
  expect(
    (
      await until(
        () => node('127.99.1.1'),
        (n) => n.figures.rooms === 21,
        3_000,
      )
    ).figures.rooms,
  ).toBe(21);
});

test('an active egress stands on the node whose worker lists it', async () => {
  cluster.egress.push({ id: 'EG_1', address: '127.99.1.3' });
  const read = async () =>
    (
      await owner.query(
        'SELECT e.status, n.address FROM egress e LEFT JOIN node n ON n.id = e.node_id WHERE e.deployment_id = $1',
        [deployment.id],
      )
    ).rows[0];
  expect(await until(read, (e) => e?.address === '127.99.1.3', 12_000)).toMatchObject({ status: 'ACTIVE' });
});

test('a Sentinel failover is named once and turns no node red', async () => {
  const seen = new Set<string>();
  const watch = setInterval(() => void nodes().then((n) => n.forEach((x) => seen.add(x.health ?? ''))), 100);
  cluster.heartbeatsUntil = Date.now();
  cluster.redisAway = true;
  await new Promise((r) => setTimeout(r, 4_000)); // as long as an election takes
  cluster.failover();
  cluster.redisAway = false;
  const failovers = await until(
    () => events('redis.failover'),
    (e) => e.length > 0,
    8_000,
  );
  // All heartbeats are stale by now; the servers write again.
  await until(
    async () => Date.now() - (cluster.heartbeatsUntil ?? 0),
    (ms) => ms > 7_000,
    8_000,
  );
  cluster.heartbeatsUntil = null;
  await until(status, (s) => s.status === 'UP', 15_000);
  clearInterval(watch);
  expect(failovers[0]).toMatchObject({ severity: 'warning', data: { from: '127.99.0.11:7000', to: '127.99.0.12:7000' } });
  expect(await events('redis.failover')).toHaveLength(1);
  expect([...seen]).toEqual(['up']);
});

test('loss of SSH of one node names the signal and leaves it up', async () => {
  cluster.silentSsh.add('127.99.1.1');
  const state = await until(
    () => node('127.99.1.1'),
    (n) => /silent/.test(n.sentence),
    25_000,
  );
  expect(state).toMatchObject({ health: 'up', sentence: 'Serving; SSH stream is silent.' });
});
