import { RoomServiceClient } from 'livekit-server-sdk';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startLab, type Lab } from '@/lab/index';
import { firewallProblem } from '@/lab/machine/firewall';
import { testDatabase } from '@/test/database';
import { addLab } from '@/test/worker-on-lab';
import type { Worker } from './run';
import { until } from './test-deployment';

let database: Awaited<ReturnType<typeof testDatabase>>;
let owner: pg.Pool;
let lab: Lab;
let worker: Worker;
let id: string;

beforeAll(async () => {
  database = await testDatabase();
  owner = new pg.Pool({ connectionString: database.url, max: 4 });
  owner.on('error', () => undefined);
  lab = await startLab({ name: 'test-worker', octet: 31, media: 3 });
  const added = await addLab(owner, lab);
  id = added.id;
  worker = added.start(database.workerUrl);
});
afterAll(async () => {
  await worker?.stop();
  await lab?.stop();
  await owner.end();
  await database.drop();
});

type Row = { name: string; address: string; health: string; stage: string; sentence: string; since: Date; codes: string[] };
async function nodes(): Promise<Row[]> {
  const { rows } = await owner.query(
    `SELECT n.name, n.address, s.health, s.stage, s.sentence, s.since, ARRAY(SELECT r->>'code' FROM jsonb_array_elements(s.reasons) r) AS codes
     FROM node n JOIN node_state s ON s.node_id = n.id WHERE n.deployment_id = $1 ORDER BY n.address`,
    [id],
  );
  return rows;
}
const node = async (address: string) => (await nodes()).find((n) => n.address === address)!;
const status = async () =>
  (await owner.query('SELECT status, sentence FROM deployment_state WHERE deployment_id = $1', [id])).rows[0];
const allUp = () => until(nodes, (n) => n.length === 7 && n.every((x) => x.health === 'up' && x.stage === 'serving'), 60_000);
const tell = (what: string) => process.stdout.write(`      ${what}\n`);

afterEach(async () => {
  await lab.heal();
});

test('sees 4 masters and 3 media nodes well, with what each service does', async () => {
  const began = Date.now();
  await allUp();
  await until(status, (s) => s?.status === 'UP', 20_000);
  tell(`all seven up ${Date.now() - began} ms after the worker began to be asked`);
  expect((await status()).sentence).toBe('All well: 4 of 4 masters, 3 of 3 media nodes.');
  const detected = async () =>
    (await owner.query('SELECT detected FROM deployment_state WHERE deployment_id = $1', [id])).rows[0].detected;
  const known = await until(detected, (d) => d.rtcEngine !== null, 15_000);
  expect(known).toMatchObject({ version: '3.9.0', configLayout: 'cluster', rtcEngine: 'pion' });
  tell(`detected: ${JSON.stringify(known)}`);
  const running = async () =>
    Number(
      (await owner.query("SELECT count(*) FROM service_state WHERE deployment_id = $1 AND state = 'running'", [id])).rows[0]
        .count,
    );
  await until(running, (n) => n > 50, 20_000);
  const clocks = async () =>
    (await owner.query('SELECT source, error FROM source_clock WHERE deployment_id = $1 ORDER BY source', [id])).rows;
  await until(clocks, (c) => c.length === 7 && c.every((x) => x.error === null), 20_000);
  expect((await clocks()).map((c) => c.source)).toEqual(['http', 'livekit', 'mongo', 'presence', 'redis', 'sentinel', 'stream']);
});

test('kill -9 of LiveKit is down in the database within 3 s, and up again after it starts', async () => {
  await allUp();
  const target = lab.host('media-2');
  const killedAt = Date.now();
  await target.kill('openvidu', 'KILL');
  const down = await until(
    () => node(target.address),
    (n) => n.health === 'down',
    10_000,
  );
  const took = Date.now() - killedAt;
  tell(`kill -9 to down in the database: ${took} ms (docker kill itself included): ${down.sentence}`);
  expect(took).toBeLessThan(3_000);
  // Port and subscription may tell before Docker does; its word comes with the exit code.
  await until(
    () => node(target.address),
    (n) => n.health === 'down' && n.codes[0] === 'container-exited',
    10_000,
  );
  await target.systemctl('restart');
  await allUp();
});

const FIRST_CODE: Record<string, string> = { 'media-killed': 'container-exited', hang: 'hung', partition: 'heartbeat-stale' };

describe('failures of a media node are told apart', () => {
  test('media-killed, hang and partition', async () => {
    await allUp();
    const { address } = lab.host('media-1');
    const seen: Record<string, string> = {};
    for (const name of ['media-killed', 'hang', ...(firewallProblem() ? [] : ['partition'])]) {
      const began = Date.now();
      await lab.scenario(name);
      const state = await until(
        () => node(address),
        (n) => n.health === 'down' || n.codes.includes('heartbeat-stale') || n.codes.includes('cut-off'),
        40_000,
      );
      // The first verdict may be sharpened as silence becomes certain.
      const settled = await until(
        () => node(address),
        (n) => n.codes.includes(FIRST_CODE[name] ?? '') && (name === 'partition' || n.health === 'down'),
        40_000,
      );
      tell(`${name}: ${state.health} after ${Date.now() - began} ms: ${settled.sentence}`);
      seen[name] = `${settled.health} ${settled.codes[0]}`;
      await lab.heal();
      await allUp();
    }
    expect(seen).toMatchObject({
      'media-killed': 'down container-exited',
      hang: 'down hung',
      ...(firewallProblem() ? {} : { partition: 'unstable heartbeat-stale' }),
    });
  });
});

test('redis-failover is named and turns no node red', async () => {
  await allUp();
  await until(status, (s) => s.status === 'UP', 30_000);
  const seen = new Set<string>();
  const watch = setInterval(
    () =>
      void nodes().then((all) =>
        all.filter((n) => n.name.startsWith('media')).forEach((n) => seen.add(n.health === 'up' ? 'up' : n.sentence)),
      ),
    100,
  );
  await lab.scenario('redis-failover');
  const event = await until(
    async () =>
      (await owner.query("SELECT sentence FROM event WHERE kind = 'redis.failover' AND deployment_id = $1", [id])).rows[0],
    (e) => e !== undefined,
    40_000,
  );
  tell(event.sentence);
  await lab.heal();
  await allUp();
  clearInterval(watch);
  expect([...seen]).toEqual(['up']);
});

test('master-lost is down by the votes of its peers, and the deployment says what it means', async () => {
  await allUp();
  const began = Date.now();
  await lab.scenario('master-lost');
  const lost = lab.hosts.find((h) => !h.isOn)!;
  await until(
    () => node(lost.address),
    (n) => n.health === 'down',
    60_000,
  );
  tell(`a lost master is down after ${Date.now() - began} ms: ${(await node(lost.address)).sentence}`);
  const s = await until(status, (x) => /^1 of 4 masters down/.test(x.sentence), 20_000);
  expect(s.status).toBe('UNSTABLE');
  await lab.heal();
  await allUp();
});

test('rooms of each node equal room_node_map within 3 s while rooms come and go', async () => {
  await allUp();
  const c = lab.connection;
  const api = new RoomServiceClient(c.livekitUrl.replace(/^ws/, 'http'), c.apiKey, c.apiSecret);
  const ids = new Map((await lab.livekitNodes()).filter((n) => n.ageSeconds < 5).map((n) => [n.address, n.id]));
  const addresses = [...ids.keys()].sort();
  const expected = new Map<string, string>();
  const stored = async () =>
    new Map(
      (
        await owner.query(
          'SELECT r.name, n.address FROM room r LEFT JOIN node n ON n.id = r.node_id WHERE r.deployment_id = $1 AND r.ended_at IS NULL',
          [id],
        )
      ).rows.map((r) => [r.name, r.address]),
    );
  const equal = (a: Map<string, string>, b: Map<string, string>) => a.size === b.size && [...a].every(([k, v]) => b.get(k) === v);
  let slowest = 0;
  for (let round = 0; round < 4; round++) {
    await Promise.all(
      Array.from({ length: 15 }, async (_, i) => {
        const name = `churn-${round}-${i}`;
        const address = addresses[i % addresses.length]!;
        await api.createRoom({ name, nodeId: ids.get(address), emptyTimeout: 600 });
        expected.set(name, address);
      }),
    );
    if (round > 0) {
      for (let i = 0; i < 5; i++) {
        await api.deleteRoom(`churn-${round - 1}-${i}`);
        expected.delete(`churn-${round - 1}-${i}`);
      }
    }
    const changed = Date.now();
    await until(stored, (s) => equal(s, expected), 8_000);
    slowest = Math.max(slowest, Date.now() - changed);
  }
  tell(`${expected.size} rooms on ${addresses.length} nodes; slowest agreement ${slowest} ms after the last change`);
  expect(slowest).toBeLessThan(3_000);
});
