import { spawn, type ChildProcess } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { freePort } from '@/lib/db/embedded';

const root = fileURLToPath(new URL('../..', import.meta.url));
let dataDir: string;
let started: { child: ChildProcess; output: () => string }[];
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'signalbox start-'));
  await chmod(dataDir, 0o755);
  started = [];
});
afterEach(async () => {
  for (const { child } of started) await ended(child, 'SIGTERM');
  await rm(dataDir, { recursive: true, force: true });
});

function start(env: Record<string, string> = {}) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/launcher/start.ts'], {
    cwd: root,
    env: { ...process.env, SIGNALBOX_DATA_DIR: dataDir, DATABASE_URL: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (text += String(chunk)));
  const launched = { child, output: () => text };
  started.push(launched);
  return launched;
}

async function untilUp({ output, child }: ReturnType<typeof start>): Promise<string> {
  return vi.waitFor(
    () => {
      const url = /Signalbox is up: (\S+)/.exec(output())?.[1];
      if (!url) throw new Error(`not up (exit ${child.exitCode}): ${output()}`);
      return url;
    },
    { timeout: 40_000, interval: 50 },
  );
}

async function ended(child: ChildProcess, signal?: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve));
  if (signal) child.kill(signal);
  return exit;
}

const answer = z.object({
  pid: z.number(),
  headers: z.record(z.string(), z.unknown()),
  size: z.number(),
  env: z.array(z.string()),
});
const ask = async (url: string, init?: RequestInit) => answer.parse(await (await fetch(url, init)).json());

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const postmaster = async () => Number((await readFile(path.join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0]);

test('a second start in the same data folder names the first with its address, and ends well', async () => {
  const first = start();
  const second = start(); // at the very same time
  const url = await vi.waitFor(
    () => {
      const up = [first, second].map((s) => /Signalbox is up: (\S+)/.exec(s.output())?.[1]).find(Boolean);
      if (!up) throw new Error(first.output() + second.output());
      return up;
    },
    { timeout: 40_000 },
  );
  const other = first.output().includes('Signalbox is up') ? second : first;
  expect(await ended(other.child)).toBe(0);
  expect(other.output()).toContain(`Signalbox runs already for ${dataDir}`);
  expect(other.output()).toContain(url);
});

test('a PORT that is taken is refused by name; without PORT the next free one is taken and said', async () => {
  const port = await freePort();
  const blocker = createServer().listen(port, '127.0.0.1');
  const refused = start({ PORT: String(port) });
  expect(await ended(refused.child)).toBe(1);
  expect(refused.output()).toContain(`Port ${port} on 127.0.0.1 is taken by another program`);
  blocker.close();

  const usual = createServer();
  await new Promise<void>((resolve) => usual.once('error', () => resolve()).listen(3000, '127.0.0.1', () => resolve())); // taken by us or by someone else
  const next = start({ PORT: '' });
  expect(await untilUp(next)).not.toBe('http://127.0.0.1:3000');
  expect(next.output()).toMatch(/Port 3000.* is taken by another program, so Signalbox listens on \d+/);
  usual.close();
});

test('SIGTERM ends console, worker and Postgres, and leaves no process and no lock', async () => {
  const signalbox = start();
  const url = await untilUp(signalbox);
  const { pid } = await ask(url);
  const worker = Number(/"pid":(\d+)/.exec(signalbox.output())?.[1]);
  const database = await postmaster();
  expect([pid, worker, database].every(isAlive)).toBe(true);
  expect(await ended(signalbox.child, 'SIGTERM')).toBe(0);
  expect([pid, worker, database].filter(isAlive)).toEqual([]);
  await expect(readFile(path.join(dataDir, 'running.json'))).rejects.toThrow('ENOENT');
});

test('kill -9 of everything: the next start comes up with what was there', async () => {
  const first = start();
  const { pid } = await ask(await untilUp(first));
  expect(first.output()).toContain('/setup?token=');
  const database = await postmaster();
  for (const victim of [first.child.pid ?? 0, pid, database]) process.kill(victim, 'SIGKILL');
  await ended(first.child);
  const second = start();
  await untilUp(second);
});

test('kill -9 of the launcher alone: console and worker follow, and the next start takes over the database', async () => {
  const first = start();
  const { pid } = await ask(await untilUp(first));
  const worker = Number(/"pid":(\d+)/.exec(first.output())?.[1]);
  await ended(first.child, 'SIGKILL');
  await vi.waitFor(() => expect([pid, worker].filter(isAlive)).toEqual([]), { timeout: 10_000 });
  const second = start();
  await untilUp(second);
  expect(second.output()).toContain('shutting it down');
});

test('a database that is killed is started again on its port, without a restart of Signalbox', async () => {
  const signalbox = start();
  const { pid } = await ask(await untilUp(signalbox));
  const before = await readFile(path.join(dataDir, 'postgres', 'postmaster.pid'), 'utf8');
  process.kill(Number(before.split('\n')[0]), 'SIGKILL');
  const after = await vi.waitFor(
    async () => {
      const now = await readFile(path.join(dataDir, 'postgres', 'postmaster.pid'), 'utf8');
      expect(now.split('\n')[0]).not.toBe(before.split('\n')[0]);
      expect(now.split('\n')[7]?.trim()).toBe('ready');
      return now;
    },
    { timeout: 30_000 },
  );
  expect(after.split('\n')[3]).toBe(before.split('\n')[3]); // line 4: the port
  expect((await ask(/Signalbox is up: (\S+)/.exec(signalbox.output())?.[1] ?? '')).pid).toBe(pid);
});

test('a console that dies is started again while the port stays held', async () => {
  const signalbox = start();
  const url = await untilUp(signalbox);
  const { pid } = await ask(url);
  expect((await fetch(`${url}/die`)).status).toBe(503);
  await vi.waitFor(async () => expect((await ask(url)).pid).not.toBe(pid), { timeout: 20_000 });
});

test('the console gets no key that opens secrets and no owner of the database, the worker no session secret', async () => {
  const signalbox = start({ SIGNALBOX_ADMIN_EMAIL: 'ops@example.com', SIGNALBOX_ADMIN_PASSWORD: 'a long enough password' });
  const { env } = await ask(await untilUp(signalbox));
  const ofWorker = z
    .object({ env: z.array(z.string()) })
    .parse(JSON.parse(/\{"pid".*\}/.exec(signalbox.output())?.[0] ?? '{}')).env;
  expect(env).toEqual(expect.arrayContaining(['DATABASE_URL', 'SIGNALBOX_SECRET', 'SIGNALBOX_SEALING_PUBLIC']));
  expect(ofWorker).toEqual(expect.arrayContaining(['DATABASE_URL', 'SIGNALBOX_SEALING_KEY_FILE']));
  for (const name of ['SIGNALBOX_SEALING_KEY_FILE', 'SIGNALBOX_ADMIN_PASSWORD']) expect(env).not.toContain(name);
  for (const name of ['SIGNALBOX_SECRET', 'SIGNALBOX_ADMIN_PASSWORD']) expect(ofWorker).not.toContain(name);
  expect(signalbox.output()).toContain('Sign in as ops@example.com');
  expect(signalbox.output()).not.toContain('a long enough password');
});

test.runIf(process.getuid?.() === 0)(
  'started by root, the console runs under an account that cannot read the sealing key',
  async () => {
    const signalbox = start();
    const url = await untilUp(signalbox);
    const read = async (name: string) => (await fetch(`${url}/read?${encodeURIComponent(path.join(dataDir, name))}`)).text();
    expect(signalbox.output()).not.toContain('under one account');
    for (const name of ['keys/sealing.key', 'keys/session.secret', 'postgres.json', 'running.json'])
      expect(await read(name)).toMatch(/^[1-9]\d* EACCES$/);
  },
);

test('a weak SIGNALBOX_SECRET is refused before anything starts', async () => {
  const refused = start({ SIGNALBOX_SECRET: 'change-me' });
  expect(await ended(refused.child)).toBe(1);
  expect(refused.output()).toContain('SIGNALBOX_SECRET is too short');
  expect(refused.output()).not.toContain('change-me');
});
