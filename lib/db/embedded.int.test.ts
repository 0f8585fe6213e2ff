import { spawn } from 'node:child_process';
import { access, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startEmbedded, type EmbeddedPostgres } from './embedded';

let dataDir: string;
let server: EmbeddedPostgres | undefined;
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'signalbox embedded-')); // with a space
});
afterEach(async () => {
  await server?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const start = async () => (server = await startEmbedded({ dataDir, log: () => undefined }));

async function query(sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: server?.url() });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

test('keeps what was committed when every process of it is killed, and starts again with the pid file left behind', async () => {
  const first = await start();
  await query('CREATE TABLE kept AS SELECT 1 AS n');
  process.kill(first.pid, 'SIGKILL');
  await first.ended;
  await access(path.join(dataDir, 'postgres', 'postmaster.pid'));
  await start();
  expect(await query('SELECT n FROM kept')).toEqual([{ n: 1 }]);
});

test('starts when the number in a stale pid file belongs to another process by now', async () => {
  const first = await start();
  await query('CREATE TABLE kept AS SELECT 2 AS n');
  const file = path.join(dataDir, 'postgres', 'postmaster.pid');
  const before = await readFile(file, 'utf8');
  process.kill(first.pid, 'SIGKILL');
  await first.ended;
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
    uid: (await stat(file)).uid,
    cwd: '/',
    stdio: 'ignore',
  });
  try {
    await writeFile(file, before.replace(/^\d+/, String(other.pid)));
    await start();
    expect(await query('SELECT n FROM kept')).toEqual([{ n: 2 }]);
    expect(other.exitCode).toBe(null);
  } finally {
    other.kill('SIGKILL');
  }
});

test('shuts a server down that an earlier, killed launcher left running', async () => {
  const first = await start();
  await query('CREATE TABLE kept AS SELECT 3 AS n');
  const second = await start();
  expect(await first.ended).toContain('database system is shut down');
  expect(second.pid).not.toBe(first.pid);
  expect(await query('SELECT n FROM kept')).toEqual([{ n: 3 }]);
});

test('chooses another port when its own was taken meanwhile, and keeps passwords readable by their owner only', async () => {
  const first = await start();
  await first.stop();
  const taken = spawn(process.execPath, [
    '-e',
    `require('net').createServer().listen(${first.port}, '127.0.0.1', () => console.log('listening'))`,
  ]);
  await new Promise((resolve) => taken.stdout.once('data', resolve));
  try {
    const second = await start();
    expect(second.port).not.toBe(first.port);
    expect((await stat(path.join(dataDir, 'postgres.json'))).mode & 0o777).toBe(0o600);
  } finally {
    taken.kill('SIGKILL');
  }
});

test.runIf(process.getuid?.() === 0)(
  'as root, a folder that the account postgres cannot reach is named, with what to do',
  async () => {
    const closed = await mkdtemp(path.join(tmpdir(), 'signalbox-closed-')); // mkdtemp makes mode 700
    await expect(startEmbedded({ dataDir: path.join(closed, 'data'), log: () => undefined })).rejects.toThrow(
      `may not pass through ${closed}`,
    );
    await rm(closed, { recursive: true });
  },
);
