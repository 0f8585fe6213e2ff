import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { testDatabase } from '@/test/database';
import { deleteRemains, HISTORY_DAYS } from './remains';
import { keepPartitions } from './samples';

let database: Awaited<ReturnType<typeof testDatabase>>;
let owner: pg.Pool;
let worker: pg.Pool;
beforeAll(async () => {
  database = await testDatabase();
  owner = new pg.Pool({ connectionString: database.url, max: 2 });
  worker = new pg.Pool({ connectionString: database.workerUrl, max: 2 });
  await keepPartitions(worker);
});
afterAll(async () => {
  await Promise.all([owner.end(), worker.end()]);
  await database.drop();
});
beforeEach(() => owner.query('TRUNCATE deployment, event, lease, task, room_placement, sample CASCADE'));

const TABLES = ['sample', 'room_placement', 'event', 'task', 'lease'];
/** What a deployment has where no foreign key deletes it, with `n` events. */
async function observed(n = 1): Promise<string> {
  const id = randomUUID();
  await owner.query("INSERT INTO deployment (id, slug, name, platform, settings) VALUES ($1, $2, 'D', 'onprem', '{}')", [id, id]);
  await owner.query("INSERT INTO lease VALUES ($1, 'w', 3, now() - interval '1 s')", [id]);
  await owner.query('INSERT INTO sample (node_id, at, deployment_id) VALUES ($1, now(), $2)', [randomUUID(), id]);
  await owner.query(
    "INSERT INTO room_placement (deployment_id, room_sid, livekit_node_id, from_at) VALUES ($1, 'RM', 'ND', now())",
    [id],
  );
  await owner.query("INSERT INTO event (deployment_id, kind) SELECT $1, 'room.started' FROM generate_series(1, $2)", [id, n]);
  await task(id, 'discover', '0 s');
  return id;
}
async function task(deploymentId: string, kind: string, age: string) {
  const id = randomUUID();
  await owner.query(
    "INSERT INTO task (id, kind, deployment_id, input, created_by, created_at) VALUES ($1, $2, $3, '{}', 't', now() - $4::interval)",
    [id, kind, deploymentId, age],
  );
  await owner.query("INSERT INTO task_chunk (task_id, seq, data) VALUES ($1, 1, '{}')", [id]);
}
const remove = (id: string) => owner.query('DELETE FROM deployment WHERE id = $1', [id]);
async function left(id: string) {
  const counts = TABLES.map(async (t) => [
    t,
    Number((await owner.query(`SELECT count(*) FROM ${t} WHERE deployment_id = $1`, [id])).rows[0].count),
  ]);
  return Object.fromEntries(await Promise.all(counts)) as Record<string, number>;
}

test('what a removed deployment left is deleted, and nothing of the others', async () => {
  const [gone, kept] = [await observed(), await observed()];
  const before = await left(kept);
  await remove(gone);
  expect(await deleteRemains(worker)).toBe(5);
  expect(await left(gone)).toEqual({ sample: 0, room_placement: 0, event: 0, task: 0, lease: 0 });
  expect(await left(kept)).toEqual(before);
  expect((await owner.query('SELECT count(*)::int AS n FROM task_chunk')).rows).toEqual([{ n: 1 }]);
});

test('a deletion is bounded, and goes on at the next turn until the lease goes last', async () => {
  const id = await observed(5_001);
  await remove(id);
  await deleteRemains(worker);
  expect(await left(id)).toMatchObject({ event: 1, lease: 1 });
  await deleteRemains(worker);
  expect(await left(id)).toMatchObject({ event: 0, lease: 0 });
});

test('while a removed deployment is still led, or the stream may still send its end, these rows stay', async () => {
  const id = await observed();
  await remove(id);
  await owner.query("UPDATE lease SET expires_at = now() + interval '5 s'");
  expect(await deleteRemains(worker)).toBe(0);
  await owner.query("UPDATE lease SET expires_at = now() - interval '1 s'");
  await owner.query("INSERT INTO event (deployment_id, kind) VALUES ($1, 'delta')", [id]);
  await deleteRemains(worker);
  expect(await left(id)).toMatchObject({ event: 1, sample: 0, lease: 1 });
  await owner.query("UPDATE event SET at = now() - interval '11 minutes'");
  await deleteRemains(worker);
  expect(await left(id)).toMatchObject({ event: 0, lease: 0 });
});

test('a deployment that was never led leaves nothing either; a discovery waits a day to be taken over', async () => {
  const [told, draft, old] = [randomUUID(), randomUUID(), randomUUID()];
  await owner.query("INSERT INTO event (deployment_id, kind, at) VALUES ($1, 'delta', now() - interval '1 hour')", [told]);
  await task(draft, 'discover', '23 hours');
  await task(old, 'discover', '25 hours');
  expect(await deleteRemains(worker)).toBe(2);
  expect([await left(told), await left(draft), await left(old)]).toMatchObject([{ event: 0 }, { task: 1 }, { task: 0 }]);
});

test('events, ended rooms with their placements and ended egress leave after 30 days; what lasts, and newer ones, stay', async () => {
  const id = await observed();
  await owner.query('TRUNCATE event, room_placement');
  const [old, recent] = [
    `now() - interval '${HISTORY_DAYS} days 1 hour'`,
    `now() - interval '${HISTORY_DAYS} days' + interval '1 hour'`,
  ];
  const room = (sid: string, ended: string) =>
    owner.query(
      `INSERT INTO room (deployment_id, sid, name, started_at, ended_at, updated_at) VALUES ($1, $2, 'r', now() - interval '90 days', ${ended}, now())`,
      [id, sid],
    );
  for (const [sid, ended] of Object.entries({ RM_old: old, RM_recent: recent, RM_live: 'NULL' })) {
    await room(sid, ended);
    await owner.query(
      "INSERT INTO room_placement (deployment_id, room_sid, livekit_node_id, from_at) VALUES ($1, $2, 'ND', now() - interval '90 days')",
      [id, sid],
    );
    await owner.query(
      `INSERT INTO egress (deployment_id, egress_id, status, type, started_at, ended_at, updated_at) VALUES ($1, $2, 'X', 'x', now() - interval '90 days', ${ended}, now())`,
      [id, sid],
    );
  }
  const tell = (kind: string, at: string) =>
    owner.query(`INSERT INTO event (deployment_id, kind, at) VALUES ($1, $2, ${at})`, [id, kind]);
  await tell('room.moved', old);
  await tell('node.down', recent);
  await tell('delta', old); // of the deployment's leader
  await deleteRemains(worker);
  const list = async (sql: string) => (await owner.query<{ x: string }>(sql)).rows.map((r) => r.x);
  expect(await list('SELECT sid AS x FROM room ORDER BY 1')).toEqual(['RM_live', 'RM_recent']);
  expect(await list('SELECT room_sid AS x FROM room_placement ORDER BY 1')).toEqual(['RM_live', 'RM_recent']);
  expect(await list('SELECT egress_id AS x FROM egress ORDER BY 1')).toEqual(['RM_live', 'RM_recent']);
  expect(await list('SELECT kind AS x FROM event ORDER BY 1')).toEqual(['delta', 'node.down']);
});

test('history is deleted in bounded batches too', async () => {
  const id = await observed();
  await owner.query(
    `INSERT INTO event (deployment_id, kind, at) SELECT $1, 'room.moved', now() - interval '40 days' FROM generate_series(1, 5001)`,
    [id],
  );
  expect(await deleteRemains(worker)).toBe(5_000);
  expect(await deleteRemains(worker)).toBe(1);
});
