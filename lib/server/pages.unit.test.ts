import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';

const APP = path.join(import.meta.dirname, '../../app');
const files = async (name: RegExp) => (await readdir(APP, { recursive: true })).filter((f) => name.test(f)).toSorted();

/** Pages that the anonymous may see, and why. A new page outside the console has no line here and fails until somebody decides. */
const OPEN: Record<string, RegExp> = {
  'sign-in/page.tsx': /./,
  'setup/page.tsx': /./,
  // Drawn in development only.
  'design/page.tsx': /notFound\(\)/,
};
const HANDLERS: Record<string, RegExp> = {
  'api/[...rest]/route.ts': /handleApi/,
  'api/auth/[...all]/route.ts': /handleAuth/,
  'api/v1/[[...rest]]/route.ts': /handleApi/,
  'api/v1/stream/route.ts': /handleStream/,
  'metrics/route.ts': /handleMetrics/,
  // Open: they say no more than whether this process can serve.
  'healthz/route.ts': /handleHealthz/,
  'readyz/route.ts': /handleReadyz/,
};

/** Folders in brackets group pages and are no part of the address. */
const addressOf = (file: string) => file.replaceAll(/\([^)]+\)\//g, '');

test('every page is behind the gate of the console, or open for a reason', async () => {
  for (const page of await files(/(^|\/)page\.tsx$/)) {
    if (page.startsWith('(console)/')) continue;
    const text = await readFile(path.join(APP, page), 'utf8');
    expect(OPEN[addressOf(page)]?.test(text), page).toBe(true);
  }
  expect(await readFile(path.join(APP, '(console)/layout.tsx'), 'utf8')).toMatch(/await requireSession\(/);
});

test('every route handler is one of the server side, which asks who it is', async () => {
  for (const route of await files(/(^|\/)route\.tsx?$/)) {
    expect(HANDLERS[route]?.test(await readFile(path.join(APP, route), 'utf8')), route).toBe(true);
  }
});

test('there are no server actions', async () => {
  for (const file of await files(/\.tsx?$/))
    expect(await readFile(path.join(APP, file), 'utf8'), file).not.toMatch(/^\s*['"]use server['"]/m);
});
