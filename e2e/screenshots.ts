/** `node --import tsx e2e/screenshots.ts [path …]`: pictures of the pages at both widths, light and dark, in screenshots/ (not in git). */
import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { chromium, devices } from '@playwright/test';
import { ADMIN } from './admin';
import { browserLaunch } from './browser';

const PAGES = process.argv.slice(2);
const paths =
  PAGES.length > 0
    ? PAGES
    : ['/', '/d/prod', '/d/prod/nodes/media-1', '/d/prod/nodes/media-2', '/d/prod/nodes/master-3', '/design'];
const sizes = {
  1440: { viewport: { width: 1440, height: 900 } },
  390: { ...devices['iPhone 13'], viewport: { width: 390, height: 844 } },
};
const folder = path.join(import.meta.dirname, '..', 'screenshots');

const port = process.env.E2E_PORT ?? '3791';
const server = spawn(process.execPath, ['--import', 'tsx', path.join(import.meta.dirname, 'server.ts')], {
  env: { ...process.env, PORT: port },
  stdio: ['ignore', 'pipe', 'inherit'],
});
await new Promise<void>((resolve, reject) => {
  server.stdout.on('data', (chunk: Buffer) => chunk.toString().includes('ready: ') && resolve());
  server.once('exit', (code) => reject(new Error(`the console ended (${code})`)));
});
await mkdir(folder, { recursive: true });
const browser = await chromium.launch(browserLaunch());
try {
  const baseURL = `http://127.0.0.1:${port}`;
  const entry = await browser.newContext({ baseURL });
  const answer = await entry.request.post('/api/auth/sign-in/email', { data: ADMIN, headers: { origin: baseURL } });
  if (!answer.ok()) throw new Error(`sign-in answered ${answer.status()}`);
  const storageState = await entry.storageState();
  for (const [width, size] of Object.entries(sizes)) {
    for (const colorScheme of ['light', 'dark'] as const) {
      const { defaultBrowserType: _, ...options } = { defaultBrowserType: 'chromium', ...size };
      const context = await browser.newContext({ ...options, baseURL, storageState, colorScheme });
      const page = await context.newPage();
      page.on('pageerror', (error) => console.error(`${width} ${colorScheme}: ${error.message}`));
      page.on('console', (m) => m.type() === 'error' && console.error(`${width} ${colorScheme} console: ${m.text()}`));
      for (const each of paths) {
        await page.goto(each);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await page
          .locator('.skeleton')
          .first()
          .waitFor({ state: 'detached', timeout: 10_000 })
          .catch(() => console.error(`${each}: still loading`));
        // The live stream settles the ages; charts draw when they are on screen.
        const height = await page.evaluate(() => document.body.scrollHeight);
        for (let y = 0; y < height; y += 500)
          await page.evaluate((to) => window.scrollTo(0, to), y).then(() => page.waitForTimeout(80));
        await page.waitForTimeout(1_200);
        await page.evaluate(() => window.scrollTo(0, 0));
        const name = `${each.replaceAll(/[^a-z0-9]+/gi, '-').replaceAll(/^-|-$/g, '') || 'fleet'}-${width}-${colorScheme}.png`;
        await page.screenshot({ path: path.join(folder, name), fullPage: true });
        console.log(name);
      }
      await context.close();
    }
  }
} finally {
  await browser.close();
  server.kill('SIGTERM');
}
