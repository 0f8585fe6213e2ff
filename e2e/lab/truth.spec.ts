import { Redis } from 'ioredis';
import type { NodeView } from '@/lib/contract/inventory';
import type { RoomView } from '@/lib/contract/workload';
import { nodesOf } from './deployment';
import { expect, test, type World } from './world';

/** The room map as Redis has it now, in words of the lab's hosts. */
async function mapOf(redis: Redis, world: World): Promise<Map<string, string>> {
  const [rooms, nodes] = await Promise.all([redis.hgetall('room_node_map'), world.lab.livekitNodes()]);
  const host = new Map(nodes.map((n) => [n.id, world.lab.hosts.find((h) => h.address === n.address)?.address ?? n.address]));
  return new Map(Object.entries(rooms).map(([room, id]) => [room, host.get(id) ?? id]));
}

async function openRedis(world: World): Promise<Redis> {
  const master = await world.lab.redisMaster();
  if (!master) throw new Error('the lab has no Redis master');
  const { redisPort, redisPassword } = world.lab.connection;
  return new Redis({ host: master.split(':')[0], port: redisPort, password: redisPassword });
}

test('shows 4 masters and 3 media nodes up, from one address and a key', async ({ world, page }) => {
  await expect
    .poll(async () => (await nodesOf(world.product, world.slug)).map((n) => `${n.role} ${n.health} ${n.stage}`).sort(), {
      timeout: 40_000,
    })
    .toEqual([...Array<string>(4).fill('master up serving'), ...Array<string>(3).fill('media up serving')]);
  await page.goto(`/d/${world.slug}`);
  for (const host of world.lab.hosts.filter((h) => h.role === 'media')) {
    await expect(page.getByText(host.address).first()).toBeVisible();
  }
});

test('the rooms of each node are those of room_node_map, never more than 3 s behind, and nobody is counted twice', async ({
  world,
}) => {
  const redis = await openRedis(world);
  const seen: { at: number; map: Map<string, string> }[] = [];
  world.people.churn(true, 1_000);
  const wrong: string[] = [];
  const ends = Date.now() + 25_000;
  await expect
    .poll(
      async () => {
        seen.push({ at: Date.now(), map: await mapOf(redis, world) });
        const asked = Date.now();
        const nodes = new Map((await nodesOf(world.product, world.slug)).map((n: NodeView) => [n.name, n.address]));
        const rooms = (await world.product.api<{ items: RoomView[] }>('GET', `/deployments/${world.slug}/rooms?limit=1000`)).body
          .items;
        if (asked - (seen[0]?.at ?? asked) < 3_500) return false;
        const window = seen.filter((s) => s.at >= asked - 3_000 && s.at <= asked);
        const shown = new Map(rooms.map((r) => [r.name, r.node === null ? 'unknown' : (nodes.get(r.node) ?? 'unknown')]));
        const steady = new Map(
          [...(window[0]?.map ?? [])].filter(([room, host]) => window.every((w) => w.map.get(room) === host)),
        );
        for (const [room, host] of steady)
          if (shown.get(room) !== host) wrong.push(`${room} is on ${host}, shown on ${shown.get(room) ?? 'none'}`);
        for (const [room, host] of shown)
          if (!window.some((w) => w.map.get(room) === host))
            wrong.push(`${room} shown on ${host}, which Redis did not say for 3 s`);
        return Date.now() > ends;
      },
      { timeout: 60_000, intervals: [300] },
    )
    .toBe(true);
  world.people.churn(false);
  redis.disconnect();
  expect(seen.length).toBeGreaterThan(20);
  expect(wrong).toEqual([]);
  const connected = () => world.people.counters().connected;
  await expect
    .poll(
      async () => (await nodesOf(world.product, world.slug)).reduce((sum, n) => sum + (n.participants ?? 0), 0) - connected(),
      { timeout: 12_000 },
    )
    .toBe(0);
});

test('a killed LiveKit is down in an open browser within 4 s, with reason and time', async ({ world, page }) => {
  await page.goto(`/d/${world.slug}`);
  const victim = world.lab.host('media-1');
  const name = (await nodesOf(world.product, world.slug)).find((n) => n.address === victim.address)?.name ?? '';
  const row = page.getByRole('row').filter({ hasText: name });
  await expect(row).toContainText('up');
  const killed = Date.now();
  await victim.kill('openvidu', 'KILL');
  await expect(row).toContainText('down', { timeout: 4_000 });
  test.info().annotations.push({ type: 'figure', description: `down in the browser after ${Date.now() - killed} ms` });
  const node = (await nodesOf(world.product, world.slug)).find((n) => n.name === name);
  expect(node?.reasons.length).toBeGreaterThan(0);
  expect(Math.abs(Date.parse(node?.since ?? '') - killed)).toBeLessThan(4_000);
  await victim.must(['docker', 'start', 'openvidu']);
  await expect(row).toContainText('up', { timeout: 30_000 });
});

test('a Redis failover is named and turns no node red', async ({ world }) => {
  const down = new Set<string>();
  await world.lab.scenario('redis-failover');
  await expect
    .poll(
      async () => {
        for (const n of await nodesOf(world.product, world.slug)) if (n.role === 'media' && n.health === 'down') down.add(n.name);
        const { items } = (
          await world.product.api<{ items: { kind: string }[] }>('GET', `/events?deployment=${world.slug}&limit=50`)
        ).body;
        return items.some((e) => e.kind === 'redis.failover');
      },
      { timeout: 40_000, intervals: [300] },
    )
    .toBe(true);
  await world.lab.heal();
  expect([...down]).toEqual([]);
});
