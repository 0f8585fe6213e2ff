import { chmod, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadOpener, loadSealer } from '@/lib/db/seal';
import { openDatabase } from '../launcher/database';
import { openKeys } from '../launcher/keys';
import { backupDataDir } from './backup';
import { restoreInto } from './restore';

const settings = { HOST: '127.0.0.1' };
const log = () => undefined;
const context = { deploymentId: 'd', kind: 'api secret', boundTo: 'wss://a' };
let base: string;
let target: string;
let sealed: Uint8Array;
let committed: number;

/** A backup is made while another connection writes without a pause. */
beforeAll(async () => {
  base = await mkdtemp(path.join(tmpdir(), 'signalbox-backup-'));
  await chmod(base, 0o755); // as root the account postgres passes through
  const dataDir = path.join(base, 'from');
  target = path.join(base, 'signalbox.backup');
  const database = await openDatabase({ dataDir, settings, log });
  const keys = await openKeys(dataDir, undefined);
  sealed = await (await loadSealer(keys.sealingPublicFile)).seal('canary', context);

  const client = new Client({ connectionString: database.connections.owner });
  await client.connect();
  await client.query('CREATE TABLE proof (n bigserial PRIMARY KEY, filler text)');
  await client.query("INSERT INTO proof (filler) SELECT repeat('x', 500) FROM generate_series(1, 20000)");
  committed = 20_000;
  let writing = true;
  const writer = (async () => {
    while (writing) await client.query("INSERT INTO proof (filler) SELECT repeat('y', 500) FROM generate_series(1, 100)");
  })();
  await backupDataDir({ dataDir, superuser: database.server?.url() ?? '', target });
  writing = false;
  await writer;
  await client.end();
  await database.stop();
});
afterAll(() => rm(base, { recursive: true, force: true }));

test('a restored backup has every row from before it, whole transactions of the time during it, and the keys', async () => {
  const dataDir = path.join(base, 'to a new place');
  expect(await restoreInto({ dataDir, file: target, replace: false })).toBe(undefined);
  const database = await openDatabase({ dataDir, settings, log });
  const client = new Client({ connectionString: database.connections.owner });
  await client.connect();
  const { rows } = await client.query<{ n: number }>('SELECT count(*)::int AS n FROM proof');
  await client.query("INSERT INTO proof (filler) VALUES ('after')");
  await client.end();
  await database.stop();
  expect(rows[0]?.n).toBeGreaterThanOrEqual(committed);
  expect((rows[0]?.n ?? 0) % 100).toBe(0);
  const opener = await loadOpener(path.join(dataDir, 'keys', 'sealing.key'));
  expect(await opener.open(sealed, context)).toBe('canary');
  for (const name of ['sealing.key', 'session.secret']) {
    expect((await stat(path.join(dataDir, 'keys', name))).mode & 0o777).toBe(0o600);
    expect(await readFile(path.join(dataDir, 'keys', name))).toEqual(await readFile(path.join(base, 'from', 'keys', name)));
  }
});

test('a backup is readable by its owner only and replaces no file', async () => {
  expect((await stat(target)).mode & 0o777).toBe(0o600);
  const { size } = await stat(target);
  await expect(
    backupDataDir({ dataDir: path.join(base, 'from'), superuser: 'postgres://nobody@127.0.0.1:1/x', target }),
  ).rejects.toThrow('replaces nothing');
  expect((await stat(target)).size).toBe(size);
});

test('an installation that is there is not overwritten; with --replace it is kept beside', async () => {
  const dataDir = path.join(base, 'from');
  await expect(restoreInto({ dataDir, file: target, replace: false })).rejects.toThrow('holds an installation already');
  const aside = await restoreInto({ dataDir, file: target, replace: true });
  expect(await readFile(path.join(aside ?? '', 'postgres', 'PG_VERSION'), 'utf8')).toBe('18\n');
});

test('a backup that was cut off, and a file that is none, change nothing', async () => {
  const cut = path.join(base, 'cut.backup');
  await writeFile(cut, await readFile(target));
  await truncate(cut, 1_000_000);
  const dataDir = path.join(base, 'untouched');
  await expect(restoreInto({ dataDir, file: cut, replace: false })).rejects.toThrow('is no whole backup');
  await writeFile(cut, 'hello');
  await expect(restoreInto({ dataDir, file: cut, replace: false })).rejects.toThrow('is no whole backup');
  await expect(stat(path.join(dataDir, 'postgres'))).rejects.toThrow('ENOENT');
});
