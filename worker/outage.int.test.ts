import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EmbeddedPostgres, startEmbedded } from '@/lib/db/embedded';
import { migrate } from '@/lib/db/migrate';
import { FakeCluster } from './fake-cluster';
import type { Worker } from './run';
import { declareDeployment, startWorker, until } from './test-deployment';

/** A server of its own, because it is stopped under the worker. */
let server: EmbeddedPostgres;
let dataDir: string;
let worker: Worker | null = null;

const begin = () => startEmbedded({ dataDir, log: () => undefined, throwaway: true });
beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), `signalbox-outage-${process.pid}-`));
  server = await begin();
  await migrate({ url: server.url(), log: () => undefined });
});
afterAll(async () => {
  await worker?.stop();
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
});

async function query(sql: string) {
  const client = new pg.Client({ connectionString: server.url() });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
const states = () =>
  query('SELECT n.address, s.health, s.since FROM node n LEFT JOIN node_state s ON s.node_id = n.id ORDER BY n.address');

test('the worker lives through the loss of Postgres, and what happened meanwhile is written when it returns', async () => {
  const cluster = new FakeCluster();
  const owner = new pg.Pool({ connectionString: server.url() });
  owner.on('error', () => undefined);
  await declareDeployment(owner, cluster);
  await owner.end();
  worker = startWorker(`${server.url()}?options=-c%20role%3Dsignalbox_worker`, cluster, 'w');
  await until(states, (s) => s.length === 7 && s.every((x) => x.health === 'up'), 15_000);
  const before = await states();

  await server.stop();
  cluster.kill('127.99.1.2');
  await new Promise((r) => setTimeout(r, 3_000)); // the outage
  const { port } = server;
  server = await begin();
  expect(server.port).toBe(port);

  const after = await until(states, (s) => s.some((x) => x.health === 'down'), 20_000);
  expect(after.filter((x) => x.health === 'down').map((x) => x.address)).toEqual(['127.99.1.2']);
  const others = (rows: typeof after) => rows.filter((x) => x.address !== '127.99.1.2');
  expect(others(after)).toEqual(others(before));
  expect(await query("SELECT node FROM event WHERE kind = 'node.down'")).toEqual([{ node: 'media-127.99.1.2' }]);
});
