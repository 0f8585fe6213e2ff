import { access, chown, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { Client } from 'pg';
import { postgresAccount } from '@/lib/db/postgres-account';
import { openDatabase } from '../launcher/database';
import { dataDirectory } from '../launcher/data-dir';
import { claimOrExplain } from '../launcher/lock';
import { readArchive } from './archive';
import { manifest } from './backup';

const PARTS = ['postgres', 'postgres.json', 'keys'];

/**
 * `npm run restore -- FILE [--replace]`: puts a backup in place and starts its database once, which makes it consistent and proves it.
 * What was there before is kept beside, in `before-restore-<time>`.
 */
export async function restore(file: string, replace: boolean) {
  const dataDir = dataDirectory();
  const claimed = await claimOrExplain(dataDir);
  if ('holder' in claimed) throw new Error(`Signalbox runs for ${dataDir} (process ${claimed.holder.pid}); end it first.`);
  try {
    const kept = await restoreInto({ dataDir, file: path.resolve(file), replace });
    console.error(
      `Signalbox: restored ${file} to ${dataDir}${kept ? `; what was there before is in ${kept}` : ''}. Start it with npm start.`,
    );
  } finally {
    await claimed.lock.release();
  }
}

/** @returns where the former state was put, if there was one */
export async function restoreInto({
  dataDir,
  file,
  replace,
}: {
  dataDir: string;
  file: string;
  replace: boolean;
}): Promise<string | undefined> {
  const present = await existing(dataDir);
  if (present.length > 0 && !replace) {
    throw new Error(
      `${dataDir} holds an installation already. Add --replace to put it aside, or set SIGNALBOX_DATA_DIR to an empty folder.`,
    );
  }
  const fresh = path.join(dataDir, 'restore.new');
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true, mode: 0o700 });
  await readArchive(file, fresh).catch((error: unknown) => {
    throw new Error(`${file} is no whole backup of Signalbox: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  });
  await checkManifest(fresh, file);
  await giveToPostgres(path.join(fresh, 'postgres'));

  const aside = path.join(dataDir, `before-restore-${new Date().toISOString().replaceAll(':', '')}`);
  await exchange(dataDir, fresh, aside, present);
  await rm(fresh, { recursive: true, force: true });
  await prove(dataDir);
  return present.length > 0 ? aside : undefined;
}

async function existing(dataDir: string): Promise<string[]> {
  const checks = await Promise.all(
    PARTS.map((part) =>
      access(path.join(dataDir, part)).then(
        () => part,
        () => undefined,
      ),
    ),
  );
  return checks.filter((part) => part !== undefined);
}

async function checkManifest(fresh: string, file: string) {
  const content = await readFile(path.join(fresh, 'backup.json'), 'utf8').catch(() => '{}');
  const head = manifest.safeParse(JSON.parse(content));
  if (!head.success) throw new Error(`${file} is no backup of this kind of Signalbox.`);
  const here = `${process.platform}-${process.arch}`;
  if (head.data.platform !== here) {
    throw new Error(
      `The backup was made on ${head.data.platform} and this is ${here}: its database files do not fit. Move the data with pg_dump (docs/backup.md).`,
    );
  }
}

async function exchange(dataDir: string, fresh: string, aside: string, present: string[]) {
  if (present.length > 0) await mkdir(aside, { mode: 0o700 });
  for (const part of present) await rename(path.join(dataDir, part), path.join(aside, part));
  for (const part of PARTS) {
    await rename(path.join(fresh, part), path.join(dataDir, part)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  }
}

async function giveToPostgres(folder: string) {
  const { uid, gid } = postgresAccount();
  if (uid === undefined || gid === undefined) return;
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  for (const entry of entries) await chown(path.join(entry.parentPath, entry.name), uid, gid);
  await chown(folder, uid, gid);
}

/** Recovery up to the end of the backup, the migrations of this version, and one read of every table. */
async function prove(dataDir: string) {
  const database = await openDatabase({
    dataDir,
    settings: { HOST: '127.0.0.1' },
    log: (line) => console.error(`Signalbox: ${line}`),
  });
  try {
    const client = new Client({ connectionString: database.connections.owner });
    await client.connect();
    const { rows } = await client.query<{ name: string }>(
      "SELECT quote_ident(relname) AS name FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace",
    );
    for (const { name } of rows) await client.query(`SELECT count(*) FROM ${name}`);
    await client.end();
  } finally {
    await database.stop();
  }
}
