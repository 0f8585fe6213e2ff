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

test('samples are wide rows at common marks, and what is unknown is null', async () => {
  const rows = async () => (await owner.query('SELECT * FROM sample WHERE deployment_id = $1', [deployment.id])).rows;
  const some = await until(rows, (r) => r.some((x) => x.rooms !== null) && r.length >= 7, 15_000);
  for (const r of some) expect((r.at as Date).getTime() % 10_000).toBe(0);
  const { rows: master } = await owner.query(
    "SELECT s.rooms, s.mem_total FROM sample s JOIN node n ON n.id = s.node_id WHERE n.role = 'master' LIMIT 1",
  );
  expect(master[0]).toMatchObject({ rooms: null });
  expect(Number(master[0].mem_total)).toBeGreaterThan(0);
});

test('a delta carries changed nodes inline and marks for the long lists, at most one a second', async () => {
  const from = Number((await owner.query('SELECT COALESCE(max(id), 0) AS id FROM event')).rows[0].id);
  cluster.addRoom('one', '127.99.1.1', 4);
  cluster.kill('127.99.1.2');
  const deltas = async () =>
    (await owner.query("SELECT at, data FROM event WHERE kind = 'delta' AND id > $1 ORDER BY id", [from])).rows;
  const merged = await until(
    deltas,
    (d) =>
      d.some((x) => x.data.nodes?.some((n: { health: string }) => n.health === 'down')) &&
      d.some((x) => x.data.reload?.includes('rooms')),
    8_000,
  );
  const down = merged.flatMap((d) => d.data.nodes ?? []).find((n: { health: string }) => n.health === 'down');
  expect(down).toMatchObject({ name: 'media-127.99.1.2', role: 'media', sentence: expect.stringMatching(/exited with 137/) });
  expect(merged.at(-1)!.data.deployment).toBe(deployment.slug);
  const times = merged.map((d) => (d.at as Date).getTime());
  for (let i = 1; i < times.length; i++) expect(times[i]! - times[i - 1]!).toBeGreaterThanOrEqual(900);
});

test('the clock of a source that is no longer set up leaves', async () => {
  const sources = async () =>
    (await owner.query('SELECT source FROM source_clock WHERE deployment_id = $1', [deployment.id])).rows.map((r) => r.source);
  await owner.query("INSERT INTO source_clock (deployment_id, source) VALUES ($1, 'gone') ON CONFLICT DO NOTHING", [
    deployment.id,
  ]);
  await worker.stop();
  worker = startWorker(database.workerUrl, cluster);
  expect(await until(sources, (s) => !s.includes('gone'), 15_000)).toContain('redis');
});

test('a node that a person keeps stopped is not red once it stops', async () => {
  await owner.query("UPDATE node SET desired = 'stopped', rev = rev + 1 WHERE deployment_id = $1 AND address = '127.99.1.3'", [
    deployment.id,
  ]);
  cluster.kill('127.99.1.3');
  const state = await until(
    () => node('127.99.1.3'),
    (n) => n.stage === 'stopped' && n.health !== 'down' && n.reasons.some((r) => r.code === 'kept-stopped'),
    8_000,
  );
  expect(state.health).toBe('unknown');
});

test('LiveKit that starts again is a new incarnation of the same node', async () => {
  cluster.kill('127.99.1.2');
  await until(
    () => node('127.99.1.2'),
    (n) => n.health === 'down',
  );
  cluster.start('127.99.1.2');
  await until(
    () => node('127.99.1.2'),
    (n) => n.health === 'up',
    8_000,
  );
  const lives = async () =>
    (
      await owner.query(
        'SELECT i.ended_at IS NULL AS alive FROM node_incarnation i JOIN node n ON n.id = i.node_id WHERE n.address = $1 ORDER BY i.first_seen_at',
        ['127.99.1.2'],
      )
    ).rows;
  expect(await until(lives, (l) => l.length === 2, 5_000)).toEqual([{ alive: false }, { alive: true }]);
});

test('version, modules, layout and engine come from the config files of a master, read once at take-over', async () => {
  const detected = async () =>
    (await owner.query('SELECT detected FROM deployment_state WHERE deployment_id = $1', [deployment.id])).rows[0]?.detected;
  const known = await until(detected, (d) => d?.rtcEngine !== null, 5_000);
  expect(known).toEqual({ version: '3.9.0', modules: ['observability'], configLayout: 'cluster', rtcEngine: 'pion' });
  expect(cluster.filesRead).toBe(1);
});
