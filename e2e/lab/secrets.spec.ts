import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from './world';

const run = promisify(execFile);

test('no secret that was entered or found stands in clear in any file, log or answer', async ({ world, page }) => {
  const { product, lab, slug } = world;
  const { apiSecret, redisPassword, sshPrivateKey } = lab.connection;
  const keyBody = sshPrivateKey.split('\n')[2] ?? '';
  expect(keyBody.length).toBeGreaterThan(30);
  const canaries = { apiSecret, redisPassword, keyBody, adminPassword: product.admin.password, token: product.token };
  const answers = await Promise.all(
    [
      '/deployments',
      `/deployments/${slug}`,
      `/deployments/${slug}/nodes`,
      `/deployments/${slug}/rooms`,
      `/deployments/${slug}/egress`,
      '/events',
      '/tokens',
      '/me',
    ].map(async (path) => JSON.stringify((await product.api('GET', path)).body)),
  );
  await page.goto(`/d/${slug}/settings`);
  answers.push(await page.content(), product.output());
  for (const [what, canary] of Object.entries(canaries)) {
    expect(
      answers.some((a) => a.includes(canary)),
      `${what} in an answer or log`,
    ).toBe(false);
    // Files of the database, its write-ahead log and the logs, byte by byte. grep ends with 1 when nothing matches.
    const found = await run('grep', ['-rlaF', '--', canary, product.dataDir]).then(
      (r) => r.stdout,
      (e: { code?: number; stderr?: string }) => (e.code === 1 ? '' : Promise.reject(new Error(e.stderr))),
    );
    expect(found, `${what} on disk`).toBe('');
  }
});

test('ten tabs of one browser stay live', async ({ world, context }) => {
  const pages = await Promise.all(Array.from({ length: 10 }, () => context.newPage()));
  const room = `tabs-${Date.now()}`;
  for (const p of pages) await p.goto(`/d/${world.slug}/rooms?search=${room}`);
  await world.people.createRoom(room);
  await Promise.all(pages.map((p) => expect(p.getByText(room).first()).toBeVisible({ timeout: 15_000 })));
  await Promise.all(pages.map((p) => p.close()));
});
