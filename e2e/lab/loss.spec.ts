import type { NodeView } from '@/lib/contract/inventory';
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
  await world.product.signalPostgres('SIGSTOP');
  try {
    await expect(page.getByText(/database does not answer|no live data/i).first()).toBeVisible({ timeout: 40_000 });
  } finally {
    await world.product.signalPostgres('SIGCONT');
  }
  const live = async () => {
    const { status, body } = await world.product.api<{ items: NodeView[] }>('GET', `/deployments/${world.slug}/nodes`);
    return status === 200 && body.items.some((n) => !n.stale);
  };
  await expect.poll(() => live().catch(() => false), { timeout: 60_000 }).toBe(true);
  await expect(page.getByText(/database does not answer|no live data/i)).toHaveCount(0, { timeout: 30_000 });
});

test('one lost signal of a node never turns it down, and is named', async ({ world }) => {
  const host = world.lab.host('media-2');
  const node = async () => (await nodesOf(world.product, world.slug)).find((n) => n.address === host.address);
  await expect.poll(async () => (await node())?.health, { timeout: 40_000 }).toBe('up');
  const seen = new Set<string>();
  // Every sshd of the host stands still: connections open and say nothing.
  await host.must(['pkill', '-STOP', 'sshd']);
  try {
    await expect
      .poll(
        async () => {
          const n = await node();
          if (n) seen.add(n.health);
          return n?.signals.find((s) => s.source === 'stream')?.state;
        },
        { timeout: 60_000, intervals: [500] },
      )
      .toBe('silent');
    expect((await node())?.reasons.map((r) => r.code)).toContain('silent-stream');
  } finally {
    await host.exec(['pkill', '-KILL', 'sshd']);
    await host.must(['sh', '/run/lab/repo/lab/host/ssh-server.sh', 'normal']);
  }
  expect([...seen]).toEqual(['up']);
  await expect
    .poll(async () => (await node())?.signals.find((s) => s.source === 'stream')?.state, { timeout: 60_000 })
    .toBe('ok');
});

test('a killed Postgres is started again and nothing that is shown jumps', async ({ world }) => {
  await expect
    .poll(async () => (await nodesOf(world.product, world.slug)).every((n) => n.health === 'up'), { timeout: 40_000 })
    .toBe(true);
  const facts = (nodes: NodeView[]) => nodes.map((n) => `${n.name} ${n.health} ${n.since ?? ''}`);
  const before = facts(await nodesOf(world.product, world.slug));
  process.kill((await world.product.pids()).postgres, 'SIGKILL');
  const fresh = async () => {
    const { status, body } = await world.product.api<{ items: NodeView[] }>('GET', `/deployments/${world.slug}/nodes`);
    return status === 200 && body.items.every((n) => !n.stale) ? facts(body.items) : [];
  };
  // Once it answers with live figures again, they are those of before.
  await expect.poll(() => fresh().catch(() => []), { timeout: 60_000 }).toEqual(before);
});
