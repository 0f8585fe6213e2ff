import { expect, test } from '@playwright/test';
import { as, deploymentId } from './roles';

test.skip(({ isMobile }) => isMobile, 'the same stream at every width');

/** As the worker tells it: an event that people read, and the coalesced change of the deployment. */
async function tell(slug: string, delta: object, sentence: string) {
  await as('worker', async (db) => {
    const deployment_id = await deploymentId(db, slug);
    const rows = [
      { deployment_id, kind: 'node.down', severity: 'critical', node: 'stage-media-1', sentence },
      { deployment_id, kind: 'delta', data: { deployment: slug, ...delta } },
    ];
    await db.query('SELECT append_event($1)', [JSON.stringify(rows)]);
  });
}

test('a change of status reaches an open page within seconds and is said to screen readers', async ({ page }) => {
  await page.goto('/d/staging');
  await expect(page.getByText('All 4 masters and 1 media node are up.')).toBeVisible();
  await expect(page.locator('time', { hasText: /^as of \d s ago$/ }).first()).toBeVisible();
  const sentence = 'stage-media-1 is down: calls cannot be made.';
  await tell('staging', { status: { status: 'DOWN', sentence } }, 'stage-media-1 went down.');
  await expect(page.getByRole('main').getByText(sentence)).toBeVisible({ timeout: 4_000 });
  await expect(page.getByRole('main').locator('header').getByText('down', { exact: true }).first()).toBeVisible();
  await expect(page.locator('[aria-live=polite]')).toHaveText('stage-media-1 went down.');
});

test('ten tabs of a browser share one stream and all stay live', async ({ context, page }) => {
  const streams = new Set<string>();
  context.on(
    'request',
    (request) => request.url().includes('/api/v1/stream') && streams.add(request.url() + String(Math.random())),
  );
  const tabs = [page, ...(await Promise.all(Array.from({ length: 9 }, () => context.newPage())))];
  for (const tab of tabs) {
    await tab.goto('/d/prod');
    await expect(tab.getByRole('table', { name: 'media nodes' })).toBeVisible();
  }
  for (const tab of tabs) await expect(tab.locator('time', { hasText: /^as of [0-3] s ago$/ }).first()).toBeVisible();
  // Requests of a SharedWorker are not shown to a page: a tab that opened a stream of its own would be.
  expect(streams.size).toBe(0);
  await Promise.all(tabs.slice(1).map((tab) => tab.close()));
});

test('without a stream the page says since when, rows turn grey, and it recovers by itself', async ({ page, context }) => {
  // Without a SharedWorker the tab reads the stream itself, where it can be cut.
  await context.addInitScript(() => Object.defineProperty(window, 'SharedWorker', { value: undefined }));
  await page.route('**/api/v1/stream*', (route) => route.abort());
  await page.goto('/d/prod');
  const row = page.getByRole('row').filter({ hasText: 'media-1' });
  await expect(page.getByText(/No live data since \d\d:\d\d:\d\d\./)).toBeVisible({ timeout: 15_000 });
  await expect(row).toHaveAttribute('data-stale', 'true', { timeout: 25_000 });
  // Never a frozen green: the mark has the colour of what is not known.
  const colours = await row.evaluate((element) => {
    const probe = document.createElement('span');
    probe.style.color = 'var(--color-unknown)';
    element.append(probe);
    const mark = element.querySelector('.state-mark');
    const both = [mark && getComputedStyle(mark).color, getComputedStyle(probe).color];
    probe.remove();
    return both;
  });
  expect(colours[0]).toBe(colours[1]);
  await page.unroute('**/api/v1/stream*');
  await expect(page.getByText(/No live data since/)).toBeHidden({ timeout: 20_000 });
  await expect(row).toHaveAttribute('data-stale', 'false');
});

test('when Signalbox does not answer, the page says so and recovers by itself', async ({ page }) => {
  await page.goto('/');
  await expect(page.getByRole('link', { name: 'Production Madrid' })).toBeVisible();
  await page.route('**/api/v1/**', (route) => route.abort());
  await page.goto('/d/prod');
  await expect(page.getByText('Signalbox does not answer.').first()).toBeVisible();
  await page.unroute('**/api/v1/**');
  await expect(page.getByRole('heading', { level: 1, name: 'Production Madrid' })).toBeVisible({ timeout: 15_000 });
});
