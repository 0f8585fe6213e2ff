import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { emptyDatabase } from '@/test/database';
import { migrate, MigrationRefused, readMigrations } from './migrate';

let database: Awaited<ReturnType<typeof emptyDatabase>>;
let directory: string;
beforeEach(async () => {
  database = await emptyDatabase();
  directory = await mkdtemp(path.join(tmpdir(), 'signalbox-migrations-'));
  await write(
    '0001_first',
    'CREATE TABLE fruit (name text PRIMARY KEY); SELECT pg_sleep(0.2); INSERT INTO fruit VALUES ($$apple; pear$$);',
  );
  await write('0002_second', 'CREATE TABLE tree (name text PRIMARY KEY);');
});
afterEach(async () => {
  await database.drop();
  await rm(directory, { recursive: true });
});

async function write(name: string, sql: string) {
  await mkdir(path.join(directory, name), { recursive: true });
  await writeFile(path.join(directory, name, 'migration.sql'), sql);
}
const run = () => migrate({ url: database.url, log: () => undefined, directory });

async function query(sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

test('of eight runners at once exactly one applies each migration', async () => {
  const applied = await Promise.all(Array.from({ length: 8 }, run));
  expect(applied.flat().sort()).toEqual(['0001_first', '0002_second']);
  expect(await query('SELECT name FROM fruit')).toEqual([{ name: 'apple; pear' }]);
  expect(await query('SELECT migration_name, applied_steps_count FROM _prisma_migrations ORDER BY 1')).toEqual([
    { migration_name: '0001_first', applied_steps_count: 1 },
    { migration_name: '0002_second', applied_steps_count: 1 },
  ]);
});

test('a runner that is killed in the middle of a migration leaves nothing, and the next one does it again', async () => {
  await write('0003_slow', 'CREATE TABLE slow (n int); SELECT pg_sleep(30);');
  const cut = run().catch((error: unknown) => error);
  const sleeping = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'CREATE TABLE slow%'`;
  await expect.poll(async () => (await query(sleeping)).length, { timeout: 10_000 }).toBe(1);
  expect(await cut).toBeInstanceOf(Error);
  await write('0003_slow', 'CREATE TABLE slow (n int);');
  expect(await run()).toEqual(['0003_slow']);
});

test('a failed migration keeps nothing, leaves its reason, and the next run refuses until it is marked as rolled back', async () => {
  await write('0003_wrong', 'CREATE TABLE half (n int); SELECT nonsense;');
  await expect(run()).rejects.toThrow('The migration 0003_wrong failed: column "nonsense" does not exist');
  expect(await query("SELECT to_regclass('half') AS half, to_regclass('tree')::text AS tree")).toEqual([
    { half: null, tree: 'tree' },
  ]);
  expect(await query("SELECT finished_at, logs FROM _prisma_migrations WHERE migration_name = '0003_wrong'")).toEqual([
    { finished_at: null, logs: 'column "nonsense" does not exist' },
  ]);

  await write('0003_wrong', 'SELECT 1;');
  const refusal = await run().catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(MigrationRefused);
  const remedy = /run (UPDATE .*;) and start again/.exec(String(refusal))?.[1];
  await query(remedy ?? '');
  expect(await run()).toEqual(['0003_wrong']);
});

test('a migration that was changed after it ran is refused', async () => {
  await run();
  await write('0001_first', 'CREATE TABLE fruit (name text PRIMARY KEY); -- edited');
  await expect(run()).rejects.toThrow(/0001_first was changed after it had been applied/);
});

test('a database of a newer version is refused', async () => {
  await run();
  await rm(path.join(directory, '0002_second'), { recursive: true });
  await expect(run()).rejects.toThrow(/0002_second, which this version of Signalbox does not know/);
});

test('the migrations of this checkout apply as an owner who is no superuser, and lend it both roles', async () => {
  const login = `owner_${Date.now()}`;
  await query(`CREATE ROLE ${login} LOGIN CREATEROLE PASSWORD 'x'`);
  const name = new URL(database.url).pathname.slice(1);
  await query(`ALTER DATABASE ${name} OWNER TO ${login}`);
  const grants = `GRANT signalbox_web, signalbox_worker TO ${login} WITH ADMIN OPTION`; // an earlier test of the run made the roles
  await query(grants);
  const url = new URL(database.url);
  url.username = login;
  url.password = 'x';
  expect(await migrate({ url: url.href, log: () => undefined })).toEqual((await readMigrations()).map((m) => m.name));
  await query(`DROP OWNED BY ${login}`).catch(() => undefined);
});
