import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { checkRoles, checkServer, embeddedConnections, makeLogins, ownConnections, type Connections } from './connections';
import { freePort, readSettings, startEmbedded, type EmbeddedPostgres } from './embedded';
import { migrate } from './migrate';
import { postgresAccount } from './postgres-account';

const quiet = () => undefined;

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('the embedded server', () => {
  let dataDir: string;
  let server: EmbeddedPostgres;
  let connections: Connections;
  beforeAll(async () => {
    dataDir = await mkdtemp(path.join(tmpdir(), 'signalbox-connections-'));
    server = await startEmbedded({ dataDir, log: quiet, throwaway: true });
    const settings = await readSettings(dataDir);
    connections = await embeddedConnections(server, settings);
    await migrate({ url: connections.owner, log: quiet });
    await makeLogins(server, settings);
  });
  afterAll(async () => {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  test('web and worker act in their own roles and can take no other', async () => {
    await checkRoles(connections);
    for (const [own, other] of [
      ['web', 'worker'],
      ['worker', 'web'],
    ] as const) {
      expect(await query(connections[own], 'SELECT current_user AS role')).toEqual([{ role: `signalbox_${own}` }]);
      await expect(query(connections[own], `SET ROLE signalbox_${other}`)).rejects.toThrow('permission denied');
      await expect(query(connections[own], 'SET ROLE signalbox_owner')).rejects.toThrow('permission denied');
      await expect(query(connections[own], 'CREATE TABLE mine (n int)')).rejects.toThrow('permission denied');
    }
  });

  test('a wrong password is refused, also from this machine', async () => {
    const url = new URL(connections.web);
    url.password = 'guess';
    await expect(query(url.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
  });

  test('one login that is no superuser serves as owner, web and worker', async () => {
    await query(server.url(), "CREATE ROLE solo LOGIN CREATEROLE PASSWORD 'x'");
    await query(server.url(), 'CREATE DATABASE solo OWNER solo');
    await query(server.url(), 'GRANT signalbox_web, signalbox_worker TO solo WITH ADMIN TRUE, SET FALSE'); // what the maker of a role has
    const own = ownConnections({ DATABASE_URL: `postgres://solo:x@127.0.0.1:${server.port}/solo` });
    await migrate({ url: own.owner, log: quiet });
    await checkRoles(own);
    expect(await query(own.worker, 'SELECT current_user AS role')).toEqual([{ role: 'signalbox_worker' }]);
  });

  test('a login without the role is refused with the statement that helps', async () => {
    await query(server.url(), "CREATE ROLE stranger LOGIN PASSWORD 'x'");
    const web = ownConnections({ DATABASE_URL: `postgres://stranger:x@127.0.0.1:${server.port}/signalbox` }).web;
    const refusal = await checkRoles({ ...connections, web }).catch(String);
    const remedy = /as a superuser: (.*)$/.exec(String(refusal))?.[1];
    await query(server.url('signalbox'), remedy ?? '');
    await checkRoles({ ...connections, web });
  });
});

const older = '/usr/lib/postgresql/15/bin';
if (!existsSync(older)) console.warn(`skipped: PostgreSQL 15 (${older} is not there; apt-get install postgresql-15)`);

describe.skipIf(!existsSync(older))("one's own PostgreSQL 15", () => {
  let dataDir: string;
  let child: ChildProcess;
  let port: number;
  beforeAll(async () => {
    const account = postgresAccount();
    dataDir = await mkdtemp(path.join(tmpdir(), 'signalbox-pg15-'));
    if (account.uid !== undefined && account.gid !== undefined) await chown(dataDir, account.uid, account.gid);
    const made = spawnSync(`${older}/initdb`, ['-D', `${dataDir}/c`, '-U', 'boss', '--auth=trust', '--no-sync'], {
      ...account,
      cwd: '/',
      encoding: 'utf8',
    });
    expect(made.stderr + String(made.status)).toMatch(/0$/);
    port = await freePort();
    child = spawn(`${older}/postgres`, ['-D', `${dataDir}/c`, '-p', String(port), '-k', '', '-F'], {
      ...account,
      cwd: '/',
      stdio: 'ignore',
    });
    await vi.waitFor(() => query(`postgres://boss@127.0.0.1:${port}/postgres`, 'SELECT 1'), { timeout: 20_000 });
  });
  afterAll(async () => {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGINT');
    await gone;
    await rm(dataDir, { recursive: true, force: true });
  });

  test('is migrated and used by an owner who is no superuser', async () => {
    const admin = `postgres://boss@127.0.0.1:${port}/postgres`;
    await query(admin, 'CREATE ROLE owner LOGIN CREATEROLE');
    await query(admin, 'CREATE DATABASE box OWNER owner');
    const own = ownConnections({ DATABASE_URL: `postgres://owner@127.0.0.1:${port}/box` });
    expect(await checkServer(own.owner)).toBe(undefined);
    await migrate({ url: own.owner, log: quiet });
    await checkRoles(own);
    await expect(query(own.web, 'INSERT INTO node_state DEFAULT VALUES')).rejects.toThrow('permission denied');
  });
});
