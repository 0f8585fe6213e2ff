import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';

const PAGES = [
  { path: '/', heading: 'Fleet', shows: 'Production Madrid' },
  { path: '/d/prod', heading: 'Production Madrid', shows: 'media-2 is down: LiveKit exited with code 137.' },
  { path: '/d/staging', heading: 'Staging', shows: 'All 4 masters and 1 media node are up.' },
  { path: '/d/frankfurt', heading: 'Frankfurt (being added)', shows: 'Nothing is known of the master nodes.' },
  { path: '/d/prod/nodes/media-1', heading: 'media-1', shows: 'Support: Müller & Sons' },
  { path: '/d/prod/nodes/media-2', heading: 'media-2', shows: 'connect ECONNREFUSED 10.20.0.22:7880' },
  { path: '/d/prod/nodes/master-3', heading: 'master-3', shows: '137, killed: out of memory' },
  { path: '/design', heading: 'Design', shows: 'Table of 10,000 rows' },
];

/** Violations with what they are about, so that a failure can be read. */
async function violations(page: Page) {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze();
  return violations.map(
    (v) =>
      `${v.id}: ${v.nodes
        .map((n) => `${n.target.join(' ')} ${n.failureSummary ?? ''}`)
        .slice(0, 3)
        .join(' | ')}`,
  );
}

for (const { path, heading, shows } of PAGES) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`${path} loads, fits the screen and has no WCAG 2.2 AA violation, ${colorScheme}`, async ({ page }) => {
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(error.message));
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.goto(path);
      await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible();
      await expect(page.getByText(shows).first()).toBeVisible();
      if (path !== '/design') await expect(page.locator('main .skeleton').and(page.locator(':not(figure *)'))).toHaveCount(0);
      expect(await violations(page)).toEqual([]);
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(wider, 'nothing scrolls sideways').toBe(0);
      expect(errors).toEqual([]);
    });
  }
}

test('names with HTML and quotes are shown as they are', async ({ page }) => {
  await page.goto('/d/prod/nodes/media-1');
  await expect(page.getByText("O'Hara <script>alert(1)</script>")).toBeVisible();
});

test('an address that does not exist says so and offers a way on', async ({ page }) => {
  await page.goto('/d/prod/nodes/no-such-node');
  await expect(page.getByRole('status').filter({ hasText: 'no such' })).toBeVisible();
  await page.goto('/d/no-such-deployment');
  await expect(page.getByRole('status').filter({ hasText: 'no such' })).toBeVisible();
});
