import type { LaunchOptions } from '@playwright/test';

/** The Chromium of the system: none is downloaded. It must not phone home, and root has no sandbox to offer. */
export function browserLaunch(): LaunchOptions {
  return {
    executablePath: process.env.SIGNALBOX_CHROMIUM ?? '/usr/bin/chromium',
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-default-apps',
      '--no-first-run',
      '--no-default-browser-check',
      '--disable-domain-reliability',
      '--disable-dev-shm-usage',
    ],
  };
}
