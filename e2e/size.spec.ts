import { gzipSync } from 'node:zlib';
import { expect, test } from '@playwright/test';

/** kB are 1000 bytes, gzipped by the best level. An empty Next page is 135. */
const LIMIT_KB = 200;

test('the first load of the deployment page is at most 200 kB of JavaScript, the charts apart', async ({ page }) => {
  test.skip(test.info().project.name !== 'desktop', 'the same scripts at every width');
  const scripts = new Map<string, Buffer>();
  const reads: Promise<unknown>[] = [];
  page.on('response', (response) => {
    const url = response.url();
    if (response.request().resourceType() === 'script')
      reads.push(
        response
          .body()
          .then((body) => scripts.set(url, body))
          .catch(() => undefined),
      );
  });
  await page.goto('/d/prod');
  await expect(page.getByRole('table', { name: 'media nodes' })).toBeVisible();
  await expect(page.locator('time', { hasText: /^as of \d s ago$/ }).first()).toBeVisible();
  await Promise.all(reads);

  const kb = [...scripts].map(([url, body]) => ({
    file: url.replace(/.*\//, ''),
    kb: gzipSync(body, { level: 9 }).byteLength / 1000,
    body,
  }));
  const total = kb.reduce((sum, s) => sum + s.kb, 0);
  console.log(`first-load JavaScript of the deployment page: ${total.toFixed(1)} kB gzipped in ${kb.length} files`);
  expect(kb.length).toBeGreaterThan(3);
  expect(total, kb.map((s) => `${s.kb.toFixed(1)} ${s.file}`).join('\n')).toBeLessThanOrEqual(LIMIT_KB);
  const text = kb.map((s) => s.body.toString()).join('\n');
  expect(text.includes('u-over'), 'uPlot is a chunk of its own').toBe(false);
  expect(text.includes('cmdk-input'), 'the palette comes with the first ⌘K').toBe(false);
  expect(text.includes('ZodError'), 'the contract is not imported as a value').toBe(false);
});
