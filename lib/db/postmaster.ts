import { spawnSync } from 'node:child_process';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Clears the way for a new server after the launcher was killed. A server that still runs on this cluster is shut down. A pid file
 * whose number now belongs to another process (after a restart of the machine) is made harmless without being deleted: Postgres
 * goes on to check that no shared memory of the old server is in use only when the file is there.
 */
export async function endLeftoverPostmaster(cluster: string, log: (line: string) => void) {
  const file = path.join(cluster, 'postmaster.pid');
  await endOrDisarm(file, cluster, log);
  // The socket's own lock file guards nothing more: the socket is in the data folder, whose server has ended.
  const sockets = (await readdir(cluster).catch(() => [])).filter((name) => name.startsWith('.s.PGSQL.'));
  for (const name of sockets) await rm(path.join(cluster, name), { force: true });
}

async function endOrDisarm(file: string, cluster: string, log: (line: string) => void) {
  const content = await readFile(file, 'utf8').catch(() => undefined);
  if (content === undefined) return;
  const [first, ...rest] = content.split('\n');
  const pid = Number(first);
  if (!Number.isInteger(pid) || pid <= 0) return;

  if (await isPostmaster(pid, cluster)) {
    log(`a database server of an earlier start still runs (process ${pid}); shutting it down`);
    signal(pid, 'SIGINT');
    if (!(await gone(pid, cluster, 30_000))) signal(pid, 'SIGQUIT');
    if (!(await gone(pid, cluster, 10_000)))
      throw new Error(`The database server of an earlier start (process ${pid}) does not end. Kill it, then start again.`);
    return;
  }
  if (signal(pid, 0)) {
    // Postgres ignores a pid file that names its own parent (src/backend/utils/init/miscinit.c, CreateLockFile).
    await writeFile(file, [String(process.pid), ...rest].join('\n'));
  }
}

async function gone(pid: number, cluster: string, withinMs: number): Promise<boolean> {
  const end = Date.now() + withinMs;
  while (await isPostmaster(pid, cluster)) {
    if (Date.now() > end) return false;
    await delay(50);
  }
  return true;
}

async function isPostmaster(pid: number, cluster: string): Promise<boolean> {
  const line = await commandLine(pid);
  return line !== undefined && line.includes('postgres') && line.includes(`-D ${cluster} `);
}

async function commandLine(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') {
    const raw = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return raw === '' ? undefined : raw.replaceAll('\0', ' ');
  }
  const { status, stdout } = spawnSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  return status === 0 ? stdout : undefined;
}

/** @returns whether the process exists and may be signalled. */
function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
