import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbedded } from '@/lib/db/embedded';
import { migrate } from '@/lib/db/migrate';
import { endLeftoverPostmaster } from '@/lib/db/postmaster';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Superuser's connection to the `postgres` database of the run's server. */
    postgresUrl: string;
  }
}

export const TEMPLATE = 'signalbox_template';

/** One Postgres for the whole run, with a migrated template database that every test file clones (test/database.ts). */
export default async function globalPostgres(project: TestProject) {
  await endLeftovers();
  const dataDir = await mkdtemp(path.join(tmpdir(), `signalbox-test-${process.pid}-`));
  const server = await startEmbedded({ dataDir, log: () => undefined, throwaway: true });
  const client = new Client({ connectionString: server.url() });
  await client.connect();
  await client.query(`CREATE DATABASE ${TEMPLATE}`);
  await client.end();
  await migrate({ url: server.url(TEMPLATE), log: () => undefined });
  project.provide('postgresUrl', server.url());
  return async () => {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
}

/** A run that was killed could not end its server: the next one does. */
async function endLeftovers() {
  for (const name of await readdir(tmpdir())) {
    const pid = Number(/^signalbox-test-(\d+)-/.exec(name)?.[1]);
    if (!pid || isAlive(pid)) continue;
    await endLeftoverPostmaster(path.join(tmpdir(), name, 'postgres'), () => undefined);
    await rm(path.join(tmpdir(), name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
