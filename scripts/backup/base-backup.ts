import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { Client } from 'pg';
import type { ArchiveWriter } from './archive';

/** Left out as pg_basebackup leaves them out: made anew at the start, or of this process only (PostgreSQL manual, "Backing Up the Data Directory"). */
const EMPTIED = new Set([
  'pg_wal',
  'pg_replslot',
  'pg_dynshmem',
  'pg_notify',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
]);
const LEFT_OUT = /^(postmaster\.(pid|opts)|pgsql_tmp.*|pg_internal\.init.*|backup_label.*|tablespace_map.*|\.s\.PGSQL\..*)$/;

/**
 * A base backup of the running cluster by PostgreSQL's low-level API, as pg_basebackup makes one: between pg_backup_start and
 * pg_backup_stop the files are copied as they are, and the WAL of that time, kept by a replication slot, makes them consistent at the
 * start after the restore. Readers and writers are not held up.
 */
export async function baseBackup(superuser: string, cluster: string, archive: ArchiveWriter) {
  const client = new Client({ connectionString: superuser, application_name: 'signalbox-backup' });
  client.on('error', () => undefined); // a lost connection fails the query that is under way
  await client.connect();
  try {
    const slot = `signalbox_backup_${process.pid}`; // temporary: gone with this connection
    await client.query('SELECT pg_create_physical_replication_slot($1, true, true)', [slot]);
    const start = await one<{ file: string }>(client, "SELECT pg_walfile_name(pg_backup_start('signalbox', true)) AS file");
    await copyFolder(cluster, '', archive);
    const stop = await one<{ file: string; label: string }>(
      client,
      'SELECT pg_walfile_name(lsn) AS file, labelfile AS label FROM pg_backup_stop(false)',
    );
    archive.text('postgres/backup_label', stop.label);
    await copyWal(cluster, start.file, stop.file, archive);
  } finally {
    await client.end();
  }
}

async function copyFolder(cluster: string, below: string, archive: ArchiveWriter) {
  archive.folder(path.posix.join('postgres', below));
  for (const entry of await readdir(path.join(cluster, below), { withFileTypes: true })) {
    const name = path.posix.join(below, entry.name);
    if (LEFT_OUT.test(entry.name)) continue;
    if (entry.isDirectory() && below === '' && EMPTIED.has(entry.name)) archive.folder(`postgres/${name}`);
    else if (entry.isDirectory()) await copyFolder(cluster, name, archive);
    else if (entry.isFile()) await archive.file(`postgres/${name}`, path.join(cluster, name));
  }
}

/** Segment names sort in their order within a timeline; a switch of timelines needs a promotion, which the embedded server never has. */
async function copyWal(cluster: string, first: string, last: string, archive: ArchiveWriter) {
  const names = (await readdir(path.join(cluster, 'pg_wal')))
    .filter((n) => /^[0-9A-F]{24}$/.test(n) && n >= first && n <= last)
    .sort();
  if (names[0] !== first || names.at(-1) !== last) throw new Error('the WAL of the backup is not whole; make the backup again');
  archive.folder('postgres/pg_wal/archive_status');
  for (const name of names) await archive.file(`postgres/pg_wal/${name}`, path.join(cluster, 'pg_wal', name));
}

async function one<T extends object>(client: Client, sql: string): Promise<T> {
  const { rows } = await client.query<T>(sql);
  if (!rows[0]) throw new Error('Postgres gave no answer to the start or stop of the backup');
  return rows[0];
}
