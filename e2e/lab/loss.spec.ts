import { nodesOf } from './deployment';
import { expect, test } from './world';

test('without its worker the page says as of when it is, and since survives the next leader', async ({ world, page }) => {
  await page.goto(`/d/${world.slug}`);
  await expect
    .poll(async () => (await nodesOf(world.product, world.slug)).every((n) => n.health === 'up'), { timeout: 40_000 })
    .toBe(true);
  const since = (await nodesOf(world.product, world.slug)).map((n) => `${n.name} ${n.since ?? ''}`);
  const { worker } = await world.product.pids();
  process.kill(worker, 'SIGSTOP');
  try {
    await expect
      .poll(async () => (await nodesOf(world.product, world.slug)).every((n) => n.stale), { timeout: 30_000 })
      .toBe(true);
    await expect(page.getByText(/as of/i).first()).toBeVisible({ timeout: 30_000 });
  } finally {
    process.kill(worker, 'SIGKILL');
  }
  await expect.poll(async () => (await nodesOf(world.product, world.slug)).some((n) => n.stale), { timeout: 40_000 }).toBe(false);
  expect((await nodesOf(world.product, world.slug)).map((n) => `${n.name} ${n.since ?? ''}`)).toEqual(since);
});

test('without Postgres the page says so and recovers by itself', async ({ world, page }) => {
  await page.goto(`/d/${world.slug}`);
  const { postgres } = await world.product.pids();
  process.kill(postgres, 'SIGKILL');
  await expect(page.getByText(/database|no live data/i).first()).toBeVisible({ timeout: 30_000 });
  await expect
    .poll(async () => (await nodesOf(world.product, world.slug).catch(() => [])).some((n) => !n.stale), { timeout: 60_000 })
    .toBe(true);
  await expect(page.getByText(/database does not answer|no live data/i)).toHaveCount(0, { timeout: 30_000 });
});

test('one lost signal of a node never turns it down, and is named', async ({ world }) => {
  const node = async () =>
    (await nodesOf(world.product, world.slug)).find((n) => n.address === world.lab.host('media-2').address);
  await expect.poll(async () => (await node())?.health, { timeout: 40_000 }).toBe('up');
  const seen = new Set<string>();
  await world.lab.scenario('slow-ssh');
  await expect
    .poll(
      async () => {
        const n = await node();
        if (n) seen.add(n.health);
        return n?.signals.filter((s) => s.source === 'stream' && s.state !== 'ok').length ?? 0;
      },
      { timeout: 60_000, intervals: [500] },
    )
    .toBeGreaterThan(0);
  await world.lab.heal();
  expect([...seen]).not.toContain('down');
});
