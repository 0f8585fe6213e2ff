import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { inject } from 'vitest';
import { TEMPLATE } from './global-postgres';

interface TestDatabase {
  /** The owner's (a superuser's) connection. */
  url: string;
  /** What the web process may do: role signalbox_web. */
  webUrl: string;
  /** What the worker may do: role signalbox_worker. */
  workerUrl: string;
  drop: () => Promise<void>;
}

/** A database of its own for one test file: a clone of the migrated template, 0.1 s. Call in beforeAll, `drop` in afterAll. */
export async function testDatabase(): Promise<TestDatabase> {
  return create(`TEMPLATE ${TEMPLATE}`);
}

/** An empty database, for tests of the migrations themselves. */
export async function emptyDatabase(): Promise<Pick<TestDatabase, 'url' | 'drop'>> {
  return create('TEMPLATE template0');
}

async function create(from: string): Promise<TestDatabase> {
  const name = `t_${randomBytes(6).toString('hex')}`;
  await admin(`CREATE DATABASE ${name} ${from}`);
  const url = new URL(inject('postgresUrl'));
  url.pathname = `/${name}`;
  return {
    url: url.href,
    webUrl: withRole(url, 'signalbox_web'),
    workerUrl: withRole(url, 'signalbox_worker'),
    drop: () => admin(`DROP DATABASE ${name} WITH (FORCE)`),
  };
}

function withRole(base: URL, role: string): string {
  const url = new URL(base);
  url.searchParams.set('options', `-c role=${role}`);
  return url.href.replaceAll('+', '%20'); // node-postgres decodes %20, not the + of forms
}

async function admin(sql: string) {
  const client = new Client({ connectionString: inject('postgresUrl') });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
