import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, chmod, mkdir, mkdtemp, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { postgresAccount, refuseClosedParents, type Account } from './postgres-account';
import { postgresBinaries } from './postgres-binaries';
import { endLeftoverPostmaster } from './postmaster';

export interface EmbeddedPostgres {
  port: number;
  pid: number;
  /** Connection of the cluster's superuser. */
  url: (database?: string) => string;
  /** Settles when the server has ended, by `stop` or by itself, with what it said last. */
  ended: Promise<string>;
  /** Ends connections and shuts down cleanly; after 30 s at once (the next start then recovers). */
  stop: () => Promise<void>;
}

interface EmbeddedOptions {
  /** Signalbox' data folder; the cluster is its sub-folder `postgres`, passwords and port are in `postgres.json` (mode 600). */
  dataDir: string;
  log: (line: string) => void;
  /** For tests: no fsync, more connections. What is written does not survive a crash of the machine. */
  throwaway?: boolean;
}

export const SUPERUSER = 'postgres';

const settings = z.object({
  port: z.int().optional(),
  superuser: z.string(),
  owner: z.string(),
  web: z.string(),
  worker: z.string(),
});
export type PostgresSettings = z.infer<typeof settings>;

/**
 * Starts the PostgreSQL that comes with npm on a free port of 127.0.0.1, making the cluster at the first start. Recovers by itself
 * from kill -9, from a power cut and from a pid file that was left behind.
 * The npm wrapper is not used to run it: it would end Postgres on Ctrl-C before web and worker have ended.
 */
export async function startEmbedded({ dataDir, log, throwaway = false }: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const account = postgresAccount();
  await mkdir(dataDir, { recursive: true });
  await chmod(dataDir, account.uid === undefined ? 0o700 : 0o711); // the account `postgres` walks through, and lists nothing
  await refuseClosedParents(dataDir, account);
  const known = await readSettings(dataDir);
  const programs = await postgresBinaries(account, dataDir);
  const cluster = path.join(dataDir, 'postgres');
  await initialise(cluster, programs.initdb, account, known.superuser, throwaway);
  await endLeftoverPostmaster(cluster, log);

  const logFile = path.join(dataDir, 'postgres.log');
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort(attempt === 1 ? known.port : undefined);
    const server = await launch({ program: programs.postgres, cluster, port, account, logFile, throwaway });
    const failure = await untilReady(server, cluster, log);
    if (failure === undefined) {
      await writeSettings(dataDir, { ...known, port });
      return running(server, port, known.superuser);
    }
    // A port taken in between; or processes of a killed server that have not noticed yet and still hold its memory.
    const passing = ['Address already in use', 'shared memory block'].some((reason) => failure.includes(reason));
    if (attempt === 20 || !passing) throw new Error(`Postgres does not start (all of it in ${logFile}):\n${failure}`);
    await delay(250);
  }
}

/** Passwords of the cluster; made at the first call. */
export async function readSettings(dataDir: string): Promise<PostgresSettings> {
  const file = path.join(dataDir, 'postgres.json');
  try {
    return settings.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) {
      throw new Error(
        `${file} cannot be read: ${String(error)}. It holds the passwords of the database; restore it from a backup.`,
        { cause: error },
      );
    }
  }
  const password = () => randomBytes(24).toString('base64url');
  const made = { superuser: password(), owner: password(), web: password(), worker: password() };
  await writeSettings(dataDir, made);
  return made;
}

async function writeSettings(dataDir: string, value: PostgresSettings) {
  const file = path.join(dataDir, 'postgres.json');
  await writeFile(`${file}.new`, JSON.stringify(value, null, 2), { mode: 0o600 });
  await rename(`${file}.new`, file);
}

/** initdb works in a folder beside and is moved into place, so that a crash in the middle leaves nothing half made. */
async function initialise(cluster: string, initdb: string, account: Account, password: string, throwaway: boolean) {
  const version = await readFile(path.join(cluster, 'PG_VERSION'), 'utf8').catch(() => undefined);
  if (version !== undefined) return refuseOtherMajor(initdb, version.trim(), cluster);

  const half = `${cluster}.new`;
  const scratch = await mkdtemp(path.join(tmpdir(), 'signalbox-initdb-'));
  try {
    await rm(half, { recursive: true, force: true });
    await mkdir(half, { mode: 0o700 });
    const passwordFile = path.join(scratch, 'password');
    await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
    for (const file of [half, scratch, passwordFile]) await give(file, account);
    // The built-in locale sorts the same on every machine, whatever locales it has.
    const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
    const args = [
      '-D',
      half,
      '-U',
      SUPERUSER,
      '--auth=scram-sha-256',
      `--pwfile=${passwordFile}`,
      ...locale,
      ...(throwaway ? ['--no-sync'] : []),
    ];
    const { status, stderr, error } = spawnSync(initdb, args, { ...account, cwd: '/', env: cleanEnv(), encoding: 'utf8' });
    if (status !== 0) throw new Error(`Postgres could not make its data folder ${half}: ${stderr || String(error)}`);
    await rename(half, cluster);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function refuseOtherMajor(initdb: string, found: string, cluster: string) {
  const { stdout } = spawnSync(initdb, ['--version'], { encoding: 'utf8', cwd: '/' });
  const own = /(\d+)(\.\d+)?\s*$/.exec(stdout)?.[1];
  if (own !== undefined && own !== found) {
    throw new Error(
      `${cluster} was made by PostgreSQL ${found}, this version of Signalbox brings ${own}. Go back to the version of Signalbox before and move the data over with pg_dump (docs/backup.md).`,
    );
  }
}

async function give(file: string, { uid, gid }: Account) {
  if (uid !== undefined && gid !== undefined) await chown(file, uid, gid);
}

interface Launch {
  program: string;
  cluster: string;
  port: number;
  account: Account;
  logFile: string;
  throwaway: boolean;
}
interface Server {
  child: ChildProcess;
  ended: Promise<string>;
}

async function launch({ program, cluster, port, account, logFile, throwaway }: Launch): Promise<Server> {
  const size = await stat(logFile).then(
    (s) => s.size,
    () => 0,
  );
  const output = await open(logFile, size > 20_000_000 ? 'w' : 'a', 0o600);
  const start = size > 20_000_000 ? 0 : size;
  const set = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '.', // the data folder: short however long its path is, closed to others
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(throwaway ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '300' } : {}),
  };
  const args = ['-D', cluster, ...Object.entries(set).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  // Its own session: Ctrl-C in the terminal reaches the launcher only, which ends Postgres last.
  const child = spawn(program, args, {
    ...account,
    cwd: '/',
    env: cleanEnv(),
    detached: true,
    stdio: ['ignore', output.fd, output.fd],
  });
  const ended = new Promise<string>((resolve) => {
    const tell = async (why: string) => {
      const said = await readFile(logFile).catch(() => Buffer.alloc(0));
      resolve(`${said.subarray(start).toString('utf8').slice(-2000)}${why}`);
    };
    child.once('error', (error) => void tell(error.message));
    child.once('exit', (code, signal) => void tell(`exit ${code ?? signal ?? ''}`));
  });
  await output.close();
  return { child, ended };
}

/** Postgres writes its state into line 8 of postmaster.pid (src/include/utils/pidfile.h). @returns undefined, or why it ended. */
async function untilReady({ child, ended }: Server, cluster: string, log: (line: string) => void): Promise<string | undefined> {
  let failure: string | undefined;
  void ended.then((why) => (failure = why));
  const slow = setTimeout(() => log('Postgres is recovering from an unclean end; this may take a while'), 5_000);
  try {
    while (failure === undefined) {
      const lines = (await readFile(path.join(cluster, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
      if (Number(lines[0]) === child.pid && lines[7]?.trim() === 'ready') return undefined;
      await delay(20);
    }
    return failure;
  } finally {
    clearTimeout(slow);
  }
}

function running({ child, ended }: Server, port: number, password: string): EmbeddedPostgres {
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGINT'); // "fast": ends connections, then a clean checkpoint
    const late = setTimeout(() => child.kill('SIGQUIT'), 30_000);
    await ended;
    clearTimeout(late);
  };
  const url = (database = 'postgres') => `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/${database}`;
  return { port, pid: child.pid ?? 0, url, ended, stop };
}

/** PGDATA, PGPORT and the like of the caller must not reach the server. */
function cleanEnv(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('PG') && !name.startsWith('LC_') && !/SECRET|PASSWORD|_KEY|_URL/.test(name),
  );
  return { ...Object.fromEntries(kept), LC_ALL: 'C', NODE_ENV: process.env.NODE_ENV };
}

/** @returns `wanted` when nobody listens there, otherwise one that the system chose (never 5432). */
export async function freePort(wanted = 0): Promise<number> {
  const taken = await new Promise<number | undefined>((resolve) => {
    const probe = createServer().once('error', () => resolve(undefined));
    probe.listen(wanted, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : undefined));
    });
  });
  return taken ?? freePort();
}
