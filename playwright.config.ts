import { defineConfig } from '@playwright/test';
import { SIGNED_IN } from './e2e/admin';
import { browserLaunch } from './e2e/browser';

const port = Number(process.env.E2E_PORT ?? 3790);

/** What an operator does, against the console with a simulated worker (e2e/server.ts). The whole lab: e2e/lab. Needs `npm run build`. */
export default defineConfig({
  testDir: 'e2e',
  testMatch: '*.spec.ts',
  testIgnore: 'lab/**',
  outputDir: 'test-results/browser',
  timeout: 45_000,
  expect: { timeout: 10_000 },
  // Sign-in is rate limited and the database is shared: one at a time, in order.
  workers: 1,
  forbidOnly: true,
  reporter: [['list'], ['json', { outputFile: process.env.PLAYWRIGHT_JSON_OUTPUT_NAME ?? 'test-results/browser.json' }]],
  use: { baseURL: `http://127.0.0.1:${port}`, launchOptions: browserLaunch(), trace: 'retain-on-failure' },
  projects: [
    { name: 'sign-in', testMatch: 'sign-in.setup.ts' },
    { name: 'desktop', dependencies: ['sign-in'], use: { viewport: { width: 1440, height: 900 }, storageState: SIGNED_IN } },
    {
      name: 'phone',
      dependencies: ['sign-in'],
      use: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, storageState: SIGNED_IN },
    },
  ],
  webServer: {
    command: 'node --import tsx e2e/server.ts',
    url: `http://127.0.0.1:${port}/healthz`,
    env: { PORT: String(port) },
    timeout: 120_000,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 20_000 },
    stdout: 'ignore',
    stderr: 'pipe',
  },
});
