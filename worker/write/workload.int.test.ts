import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { testDatabase } from '@/test/database';
import { FakeCluster } from '../fake-cluster';
import type { Worker } from '../run';
import { declareDeployment, startWorker, until } from '../test-deployment';
import { NAME_LIMIT } from './json';

let database: Awaited<ReturnType<typeof testDatabase>>;
let owner: pg.Pool;
let worker: Worker;
beforeAll(async () => {
  database = await testDatabase();
  owner = new pg.Pool({ connectionString: database.url, max: 2 });
});
afterAll(async () => {
  await owner.end();
  await database.drop();
});
let cluster: FakeCluster;
beforeEach(() => void (cluster = new FakeCluster()));
afterEach(() => worker.stop());

const rooms = async () =>
  (await owner.query<{ sid: string; name: string; participants: number; started_at: Date }>('SELECT * FROM room ORDER BY sid'))
    .rows;

test('a room whose name no index can hold, one of no possible date and one of too many people block nothing', async () => {
  // Text that does not compress: an index entry may hold 2,704 bytes.
  const long = Array.from({ length: 5_000 }, (_, i) => String.fromCodePoint(0x4e00 + ((i * 7919) % 20_000))).join('');
  cluster.addRoom(long, '127.99.1.1');
  cluster.addRoom('b', '127.99.1.1', 5_000_000_000);
  cluster.addRoom('never', '127.99.1.1');
  cluster.addRoom('far', '127.99.1.1');
  cluster.addRoom('well', '127.99.1.1');
  cluster.rooms.get('never')!.createdAt = NaN;
  cluster.rooms.get('far')!.createdAt = 300_000_000_000_000; // the year 11476
  await declareDeployment(owner, cluster);
  const before = Date.now();
  worker = startWorker(database.workerUrl, cluster);
  const all = await until(rooms, (r) => r.length === 5, 15_000);
  const of = (name: string) => all.find((r) => r.name === name)!;
  expect(NAME_LIMIT).toBe(600);
  expect(of(long.slice(0, NAME_LIMIT))).toBeDefined();
  expect(of('b').participants).toBe(2_147_483_647);
  for (const name of ['never', 'far']) expect(Math.abs(of(name).started_at.getTime() - before)).toBeLessThan(20_000);
  expect(of('well').started_at.getTime()).toBe(1_700_000_000_000);
  // Once written they change no more: an unknown beginning is the time of first sight.
  await worker.stop();
  worker = startWorker(database.workerUrl, cluster);
  await until(
    async () => worker.leads().length,
    (n) => n === 1,
    5_000,
  );
  cluster.addRoom('later', '127.99.1.2');
  const again = await until(rooms, (r) => r.length === 6, 15_000);
  expect(again.filter((r) => r.name !== 'later')).toEqual(all);
});
