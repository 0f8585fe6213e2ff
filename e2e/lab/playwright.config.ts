import { defineConfig } from '@playwright/test';
import { browserLaunch } from '../browser';

/** The product on a real lab. One world for all files, so one worker; a failed test gets a new world. */
export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  workers: 1,
  timeout: 120_000,
  reporter: process.env.PLAYWRIGHT_JSON_OUTPUT_NAME ? [['list'], ['json']] : [['list']],
  use: { viewport: { width: 1440, height: 900 }, launchOptions: browserLaunch() },
});
