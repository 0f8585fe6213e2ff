import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';

/** What stands in the way of a migration, in a sentence an operator can act on. */
export class MigrationRefused extends Error {
  override name = 'MigrationRefused';
}

export interface Migration {
  name: string;
  sql: string;
  /** sha256 of migration.sql in hex, as Prisma keeps it. */
  checksum: string;
}

interface MigrateOptions {
  /** Connection of the owner of the database; a direct one, no transaction pooler (the lock is the session's). */
  url: string;
  log: (line: string) => void;
  /** Folder of `<name>/migration.sql`; default: prisma/migrations of this checkout. */
  directory?: string;
}

/** The advisory lock that `prisma migrate deploy` takes as well, so that the two exclude one another (prisma-engines: sql-schema-connector). */
const PRISMA_LOCK = 72_707_369;

/** To connect only: a migration takes the time it takes. */
const CONNECT_MS = 10_000;

const BOOKKEEPING = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" VARCHAR(36) PRIMARY KEY NOT NULL,
  "checksum" VARCHAR(64) NOT NULL,
  "finished_at" TIMESTAMPTZ,
  "migration_name" VARCHAR(255) NOT NULL,
  "logs" TEXT,
  "rolled_back_at" TIMESTAMPTZ,
  "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
  "applied_steps_count" INTEGER NOT NULL DEFAULT 0
)`;

/**
 * Brings a database to the schema of this program: every migration once, in order, each in a transaction of its own, with
 * Prisma's bookkeeping. Any number of processes may call it at once: one works, the others wait and find nothing to do.
 * @returns the names applied by this call.
 * @throws MigrationRefused when an earlier one failed, was changed after it ran, is unknown here, or fails now.
 */
export async function migrate({ url, log, directory }: MigrateOptions): Promise<string[]> {
  const migrations = await readMigrations(directory);
  const client = new Client({
    connectionString: url,
    application_name: 'signalbox-migrate',
    connectionTimeoutMillis: CONNECT_MS,
  });
  client.on('error', () => undefined); // a lost connection fails the query that is under way
  await client.connect();
  try {
    await lock(client, log);
    await client.query(BOOKKEEPING);
    const applied = await appliedNames(client, migrations);
    const pending = migrations.filter((m) => !applied.has(m.name));
    for (const migration of pending) {
      log(`migration ${migration.name}`);
      await apply(client, migration);
    }
    return pending.map((m) => m.name);
  } finally {
    await client.end(); // gives the lock back
  }
}

/** The migrations in a folder, in the order in which they run. */
export async function readMigrations(
  directory = fileURLToPath(new URL('../../prisma/migrations', import.meta.url)),
): Promise<Migration[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const names = entries.filter((e) => e.isDirectory()).map((e) => e.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const bytes = await readFile(path.join(directory, name, 'migration.sql'));
      return { name, sql: bytes.toString('utf8'), checksum: createHash('sha256').update(bytes).digest('hex') };
    }),
  );
}

async function lock(client: Client, log: (line: string) => void) {
  const { rows } = await client.query<{ got: boolean }>('SELECT pg_try_advisory_lock($1) AS got', [PRISMA_LOCK]);
  if (rows[0]?.got) return;
  log('another process is migrating this database; waiting for it');
  await client.query("SET lock_timeout = '10min'");
  await client.query('SELECT pg_advisory_lock($1)', [PRISMA_LOCK]);
  await client.query('RESET lock_timeout');
}

interface Row {
  migration_name: string;
  checksum: string;
  finished_at: Date | null;
  logs: string | null;
}

async function appliedNames(client: Client, migrations: Migration[]): Promise<Set<string>> {
  const { rows } = await client.query<Row>(
    'SELECT migration_name, checksum, finished_at, logs FROM "_prisma_migrations" WHERE rolled_back_at IS NULL ORDER BY started_at',
  );
  const known = new Map(migrations.map((m) => [m.name, m]));
  for (const row of rows) {
    const migration = known.get(row.migration_name);
    if (!row.finished_at) throw new MigrationRefused(failedEarlier(row));
    if (!migration) {
      throw new MigrationRefused(
        `The database has the migration ${row.migration_name}, which this version of Signalbox does not know: a newer version has run here. Start that version, or restore a backup from before it.`,
      );
    }
    if (migration.checksum !== row.checksum) {
      throw new MigrationRefused(
        `The migration ${row.migration_name} was changed after it had been applied (sha256 ${row.checksum.slice(0, 12)}… then, ${migration.checksum.slice(0, 12)}… now). Put its file back as it was and write a new migration instead.`,
      );
    }
  }
  return new Set(rows.map((r) => r.migration_name));
}

/** Nothing of a failed migration remains, because each runs in one transaction: what is left to repair is its cause. */
function failedEarlier(row: Row): string {
  const why = row.logs ? ` It said: ${row.logs.split('\n')[0]}.` : '';
  return (
    `The migration ${row.migration_name} failed earlier, so no further one is applied.${why} Nothing of it was kept. Remove the cause, then run ` +
    `UPDATE _prisma_migrations SET rolled_back_at = now() WHERE migration_name = '${row.migration_name}' AND finished_at IS NULL; and start again.`
  );
}

/** A crash in the middle leaves no row and no change, so the next start simply does it again; only an error of the SQL leaves a failed row. */
async function apply(client: Client, { name, sql, checksum }: Migration) {
  const id = randomUUID();
  const insert =
    'INSERT INTO "_prisma_migrations" (id, checksum, migration_name, logs, finished_at, applied_steps_count) VALUES ($1, $2, $3, $4';
  try {
    await client.query('BEGIN');
    await client.query(sql);
    await client.query('RESET search_path');
    await client.query(`${insert}, clock_timestamp(), 1)`, [id, checksum, name, null]);
    await client.query('COMMIT');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    await client.query('ROLLBACK');
    await client.query(`${insert}, NULL, 0)`, [id, checksum, name, reason]);
    throw new MigrationRefused(`The migration ${name} failed: ${reason}. Nothing of it was kept.`, { cause: error });
  }
}
