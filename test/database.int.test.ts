import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDatabase } from './database';

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

async function currentUser(url: string): Promise<unknown> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query('SELECT current_user AS role');
  await client.end();
  return rows[0].role;
}

test('each process of a test connects with its own database role', async () => {
  expect(await currentUser(database.webUrl)).toBe('signalbox_web');
  expect(await currentUser(database.workerUrl)).toBe('signalbox_worker');
});

test('the database of a test has the migrations of this checkout', async () => {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  const { rows } = await client.query('SELECT migration_name, finished_at FROM _prisma_migrations');
  await client.end();
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.every((r) => r.finished_at instanceof Date)).toBe(true);
});
