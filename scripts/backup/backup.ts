import { readdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { withDatabase } from '../launcher/with-database';
import { writeArchive } from './archive';
import { baseBackup } from './base-backup';

/** What a backup says of itself, in its first entry. */
export const manifest = z.object({
  signalbox: z.literal('backup'),
  format: z.literal(1),
  postgres: z.string(),
  platform: z.string(),
  at: z.string(),
});
export type Manifest = z.infer<typeof manifest>;

/** `npm run backup -- FILE`: the embedded database and all keys of the data folder in one file of mode 600, while Signalbox runs or not. */
export async function backup(file: string) {
  const target = path.resolve(file);
  await withDatabase(async ({ superuser, dataDir }) => {
    if (!superuser) throw new Error(OWN_SERVER(dataDir));
    await backupDataDir({ dataDir, superuser, target });
  });
  const { size } = await stat(target);
  console.error(
    `Signalbox: backup ${target} (${(size / 1e6).toFixed(1)} MB). It holds the keys that open all secrets: keep it as safe as those.`,
  );
}

export async function backupDataDir({ dataDir, superuser, target }: { dataDir: string; superuser: string; target: string }) {
  const cluster = path.join(dataDir, 'postgres');
  const postgres = (await readFile(path.join(cluster, 'PG_VERSION'), 'utf8')).trim();
  const head: Manifest = {
    signalbox: 'backup',
    format: 1,
    postgres,
    platform: `${process.platform}-${process.arch}`,
    at: new Date().toISOString(),
  };
  try {
    await writeArchive(target, async (archive) => {
      archive.text('backup.json', JSON.stringify(head));
      archive.text('postgres.json', await readFile(path.join(dataDir, 'postgres.json'), 'utf8'));
      for (const name of await readdir(path.join(dataDir, 'keys')).catch(() => [])) {
        await archive.file(`keys/${name}`, path.join(dataDir, 'keys', name));
      }
      await baseBackup(superuser, cluster, archive);
    });
  } catch (error) {
    const present = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    if (present) throw new Error(`${target} is there already; a backup replaces nothing.`, { cause: error });
    await rm(target, { force: true });
    throw error;
  }
}

const OWN_SERVER = (dataDir: string) =>
  `With DATABASE_URL the database is backed up by its own means: pg_dump --format=custom --file=signalbox.dump "$DATABASE_URL". Keep the folder ${path.join(dataDir, 'keys')} with it; without it no secret can be opened (docs/backup.md).`;
