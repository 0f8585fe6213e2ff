import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import path from 'node:path';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/**
 * Looks at the page as it stands, in light and dark: no violation of WCAG 2.2 AA, nothing that scrolls sideways. With
 * SCREENSHOTS=folder a picture of each is left there to be looked at by a person.
 */
export async function look(page: Page, name: string) {
  // Two schemes, each with every rule: minutes on a busy machine.
  test.slow();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze();
    const found = violations.map((v) => `${v.id}: ${v.help} (${v.nodes.map((n) => n.target.join(' ')).join('; ')})`);
    expect.soft(found, `${name}, ${colorScheme}`).toEqual([]);
    const width = page.viewportSize()?.width ?? 0;
    const folder = process.env.SCREENSHOTS;
    if (folder) await page.screenshot({ path: path.join(folder, `${name}-${width}-${colorScheme}.png`), fullPage: true });
  }
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect.soft(sideways, `${name} scrolls sideways by so many pixels`).toBeLessThanOrEqual(0);
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
}

/** Names that two projects of one run do not share. */
export const own = (name: string): string => `${name}-${test.info().project.name}`;
