import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Program } from './processes';
import { inOwnAccount } from './web-account';

const root = process.getuid?.() === 0;
if (!root) console.warn('not root: the account of its own for the console is not tested');

let folder: string;
let key: string;
let said: string[];
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'signalbox account-'));
  key = path.join(folder, 'sealing.key');
  await writeFile(key, 'secret', { mode: 0o600 });
  await writeFile(path.join(folder, 'server.js'), '');
  await chmod(folder, 0o755);
  said = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const program = (): Program => ({ name: 'web', args: [path.join(folder, 'server.js')], cwd: folder, env: {}, graceMs: 1 });
const made = () => inOwnAccount(program(), key, (line) => said.push(line));

test.runIf(root)('root gives the console an account of its own', () => {
  expect(made().account?.uid).toBeGreaterThan(0);
  expect(said).toEqual([]);
});

test.runIf(root)('a build that the account cannot read runs as before, and the log says once what to do', async () => {
  await chmod(folder, 0o700);
  expect(made()).toEqual(program());
  expect(said).toEqual([expect.stringMatching(/server\.js.*\/opt/)]);
});

test.runIf(root)('an account that can read the key protects nothing, and that is said', async () => {
  await chmod(key, 0o644);
  expect(made()).toEqual(program());
  expect(said).toEqual([expect.stringContaining(`chmod 600 "${key}"`)]);
});

test.skipIf(root)('an ordinary user runs both under one account, and the log says so', () => {
  expect(made()).toEqual(program());
  expect(said).toEqual([expect.stringContaining('only root')]);
});
