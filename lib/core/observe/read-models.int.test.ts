import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { DeploymentView, NodeView } from '@/lib/contract/inventory';
import type { RoomView, SamplesView } from '@/lib/contract/workload';
import { DEPLOYMENT, testWeb, type Web } from '@/test/web';
import { systemContext } from '../context';
import { createDeployment } from '../inventory/create-deployment';

let web: Web;
let token: string;
let deploymentId: string;
let left: string;
beforeAll(async () => {
  web = await testWeb();
  token = await web.token('read');
});
afterAll(() => web.close());
beforeEach(async () => {
  await web.owner.deployment.deleteMany();
  await web.owner.lease.deleteMany();
  deploymentId = (await createDeployment({ ctx: systemContext(web.rt.db), input: DEPLOYMENT })).id;
  left = (await web.owner.node.findFirstOrThrow({ where: { name: 'left' } })).id;
});

/** The server parses its own answers by the contract. */
const get = async <T>(path: string) => {
  const answer = await web.fetch(`/api/v1/deployments${path}`, { token });
  expect(answer.status).toBe(200);
  return (await answer.json()) as T;
};
const seconds = (n: number) => new Date(Date.now() - n * 1000);
const lease = (ms: number) =>
  web.worker
    .$executeRaw`INSERT INTO lease (deployment_id, holder, epoch, expires_at) VALUES (${deploymentId}::uuid, 'w', 1, now() + ${`${ms} milliseconds`}::interval)
    ON CONFLICT (deployment_id) DO UPDATE SET expires_at = excluded.expires_at`;
const clock = (source: string, okAt: Date | null, exceptions = {}) =>
  web.worker.sourceClock.upsert({
    where: { deploymentId_source: { deploymentId, source } },
    create: { deploymentId, source, okAt, readAt: new Date(), exceptions },
    update: { okAt, exceptions },
  });
const rooms = (count: number, more: object = {}) =>
  web.worker.room.createMany({
    data: Array.from({ length: count }, (_, i) => ({
      deploymentId,
      sid: `RM_${String(i).padStart(6, '0')}`,
      name: `room ${String((i * 7919) % count).padStart(6, '0')}`,
      nodeId: left,
      participants: 2,
      startedAt: new Date(),
      updatedAt: new Date(),
      ...more,
    })),
  });

describe('stale is never shown as live', () => {
  const fresh = async () => {
    const view = await get<DeploymentView>('/production');
    const node = (await get<{ items: NodeView[] }>('/production/nodes')).items.find((n) => n.name === 'left');
    return { deployment: view.stale, node: node?.stale, asOf: view.asOf };
  };
  test('live only while a worker leads and a source was read within its limit', async () => {
    expect(await fresh()).toEqual({ deployment: true, node: true, asOf: null });
    const at = seconds(1);
    await clock('redis', at);
    expect(await fresh()).toMatchObject({ deployment: true, node: true }); // nobody leads
    await lease(8_000);
    expect(await fresh()).toEqual({ deployment: false, node: false, asOf: at.toISOString() });
    await lease(-1);
    expect(await fresh()).toEqual({ deployment: true, node: true, asOf: at.toISOString() });
    await lease(8_000);
    await clock('redis', seconds(3600));
    expect(await fresh()).toMatchObject({ deployment: true, node: true });
  });
  test('a node that did not answer with the rest is stale alone', async () => {
    await lease(8_000);
    await clock('stream', seconds(1), { left: { okAt: seconds(600).toISOString(), error: 'time-out' } });
    const { items } = await get<{ items: NodeView[] }>('/production/nodes');
    expect(items.map((n) => [n.name, n.stale])).toContainEqual(['left', true]);
    expect(items.map((n) => [n.name, n.stale])).toContainEqual(['media-1', false]);
  });
});

test('none is never shown as zero: counts are null until their source answered', async () => {
  await rooms(3);
  const counts = async () => (await get<DeploymentView>('/production')).counts;
  expect(await counts()).toEqual({
    nodes: 6,
    up: 0,
    unstable: 0,
    down: 0,
    unknown: 6,
    rooms: null,
    participants: null,
    egress: null,
    ingress: null,
  });
  await clock('redis', seconds(1));
  expect(await counts()).toMatchObject({ rooms: 3, participants: 6, egress: null });
  await clock('livekit', seconds(1));
  expect(await counts()).toMatchObject({ egress: 0, ingress: 0 });
});

test('rooms that Redis gave are stale when Redis is, and unknown before it answered, whatever the API answers', async () => {
  await lease(8_000);
  await clock('redis', null);
  await clock('livekit', seconds(1));
  expect((await get<DeploymentView>('/production')).counts).toMatchObject({ rooms: null, participants: null, egress: 0 });
  await rooms(1);
  const shown = async () => (await get<{ items: RoomView[] }>('/production/rooms')).items.map((r) => [r.asOf, r.stale]);
  const at = seconds(600);
  await clock('redis', at);
  expect(await shown()).toEqual([[at.toISOString(), true]]);
  await web.owner.sourceClock.deleteMany({ where: { source: 'redis' } });
  expect((await shown())[0]?.[1]).toBe(false); // without Redis the rooms are the API's
});

describe('rooms', () => {
  test('pages by cursor show every room once, also when rooms come in between', async () => {
    await rooms(25);
    const names: string[] = [];
    let cursor = '';
    do {
      const page = await get<{ items: RoomView[]; next: string | null }>(`/production/rooms?limit=10&cursor=${cursor}`);
      names.push(...page.items.map((r) => r.name));
      cursor = page.next ?? '';
      const data = { deploymentId, sid: `RM_new${names.length}`, name: 'a first', startedAt: new Date(), updatedAt: new Date() };
      await web.worker.room.create({ data });
    } while (cursor);
    expect(names).toEqual(Array.from({ length: 25 }, (_, i) => `room ${String(i).padStart(6, '0')}`));
  });
  test('search takes what was typed literally', async () => {
    for (const [i, name] of ['100% sure', '1000 sure', 'a_b', 'axb', `O'Neil "x" \\`].entries())
      await rooms(1, { sid: `RM_${i}`, name });
    const search = async (text: string) =>
      (await get<{ items: RoomView[] }>(`/production/rooms?search=${encodeURIComponent(text)}`)).items.map((r) => r.name);
    expect(await search('100%')).toEqual(['100% sure']);
    expect(await search('a_b')).toEqual(['a_b']);
    expect(await search(`o'neil "x" \\`)).toEqual([`O'Neil "x" \\`]);
    expect(await search('RM_3')).toEqual(['axb']);
  });
  test('those that are over come the newest end first and do not go stale; egress counts while it runs', async () => {
    await rooms(3);
    await web.worker.room.updateMany({ where: { sid: 'RM_000000' }, data: { endedAt: seconds(60) } });
    await web.worker.room.updateMany({ where: { sid: 'RM_000001' }, data: { endedAt: seconds(5) } });
    const egress = {
      deploymentId,
      type: 'room_composite',
      roomSid: 'RM_000002',
      roomName: 'x',
      updatedAt: new Date(),
      startedAt: seconds(9),
    };
    await web.worker.egress.createMany({
      data: [
        { ...egress, egressId: 'EG_1', status: 'ACTIVE' },
        { ...egress, egressId: 'EG_2', status: 'COMPLETE', endedAt: seconds(1) },
      ],
    });
    const over = await get<{ items: RoomView[] }>('/production/rooms?ended=true');
    expect(over.items.map((r) => [r.sid, r.stale])).toEqual([
      ['RM_000001', false],
      ['RM_000000', false],
    ]);
    const live = await get<{ items: RoomView[] }>('/production/rooms?node=left');
    expect(live.items.map((r) => [r.sid, r.node, r.egress])).toEqual([['RM_000002', 'left', 1]]);
    const detail = await get<{ egresses: { egressId: string }[] }>('/production/rooms/RM_000002');
    expect(detail.egresses.map((e) => e.egressId).toSorted()).toEqual(['EG_1', 'EG_2']);
    const active = await get<{ items: { egressId: string }[] }>('/production/egress?active=true');
    expect(active.items.map((e) => e.egressId)).toEqual(['EG_1']);
  });
  test('a page of 100 costs out of 10,000 rooms what it costs out of 200 (the figures are printed)', async () => {
    const small = (await createDeployment({ ctx: systemContext(web.rt.db), input: { name: 'Small' } })).id;
    await rooms(10_000);
    await rooms(200, { deploymentId: small, nodeId: null });
    await web.owner.$executeRaw`ANALYZE room`;
    const took: Record<string, number[]> = { production: [], small: [] };
    for (let i = 0; i < 25; i++) {
      for (const slug of ['production', 'small']) {
        const start = performance.now();
        await get(`/${slug}/rooms?limit=100`);
        took[slug]?.push(performance.now() - start);
      }
    }
    // The fastest of many: other programs of this machine only ever add to it.
    const [many = 0, few = 1] = [took.production, took.small].map((t) => Math.min(...(t ?? [])));
    console.log(`a page of 100 rooms: ${many.toFixed(1)} ms out of 10,000, ${few.toFixed(1)} ms out of 200`);
    expect(many).toBeLessThan(few * 4);
  });
});

describe('samples', () => {
  const sample = (at: Date, cpu: number | null, more = {}) =>
    web.owner.sample.create({ data: { nodeId: left, deploymentId, at, cpu, ...more } });
  test('at most 500 points; a time without a sample is a gap, never zero', async () => {
    const now = Date.now();
    await web.owner
      .$executeRaw`SELECT ensure_sample_partition(now()::date), ensure_sample_partition((now() - interval '1 day')::date)`;
    for (const ago of [10, 20, 30, 600, 610]) await sample(new Date(now - ago * 1000), 0.5, { memUsed: 5_000_000_000n });
    await sample(new Date(now - 900_000), null);
    for (const range of ['15m', '1h', '6h', '2d', '400d']) {
      const view = await get<SamplesView>(`/production/nodes/left/samples?range=${range}&metrics=cpu,memUsed`);
      expect(view.at.length, range).toBeLessThanOrEqual(500);
      expect(view.series.cpu?.length).toBe(view.at.length);
      expect(view.series.cpu?.filter((v) => v !== null).length).toBeGreaterThan(0);
      expect(view.series.cpu).not.toContain(0);
      expect(view.series.memUsed?.find((v) => v !== null)).toBe(5_000_000_000);
    }
    const view = await get<SamplesView>('/production/nodes/left/samples?range=15m&metrics=cpu');
    expect(view.series.cpu?.filter((v) => v === null).length).toBeGreaterThan(150);
    const all = await get<{ items: SamplesView[] }>('/production/samples?range=15m&metrics=cpu');
    expect(all.items.map((s) => s.node)).toHaveLength(6);
    expect(all.items.find((s) => s.node === 'media-1')?.series.cpu?.every((v) => v === null)).toBe(true);
  });
  test.each([
    ['range=0m', 'range'],
    ['range=5000d', 'range'],
    ['metrics=cpu,nope', 'metrics'],
    ['from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', 'from'],
  ])('wrong input names its field: %s', async (query, field) => {
    const answer = await web.fetch(`/api/v1/deployments/production/nodes/left/samples?${query}`, { token });
    expect(answer.status).toBe(422);
    expect(((await answer.json()) as { errors: { field: string }[] }).errors[0]?.field).toBe(field);
  });
});

test('events page from the newest and leave out the deltas', async () => {
  const rows = Array.from({ length: 7 }, (_, i) => ({
    deployment_id: deploymentId,
    kind: i === 3 ? 'delta' : 'node.up',
    node: 'left',
    sentence: `e${i}`,
  }));
  await web.worker.$queryRaw`SELECT append_event(${JSON.stringify(rows)}::jsonb)::text`;
  const read = async (query: string) => {
    const answer = await web.fetch(`/api/v1/events?${query}`, { token });
    return (await answer.json()) as { items: { sentence: string }[]; next: string | null };
  };
  const first = await read('limit=4&deployment=production');
  const second = await read(`limit=4&deployment=production&cursor=${first.next}`);
  expect([...first.items, ...second.items].map((e) => e.sentence)).toEqual(['e6', 'e5', 'e4', 'e2', 'e1', 'e0']);
  expect(second.next).toBeNull();
  expect((await read('deployment=other')).items).toEqual([]);
});
