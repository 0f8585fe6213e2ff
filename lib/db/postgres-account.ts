import { spawnSync } from 'node:child_process';
import { stat } from 'node:fs/promises';
import path from 'node:path';

/** Whom a program runs as. Empty = the current user. */
export interface Account {
  uid?: number;
  gid?: number;
}

/**
 * Postgres refuses to run as root, so root hands it to the system account `postgres`, made when there is none yet.
 * @throws with the command to run when it cannot be made.
 */
export function postgresAccount(): Account {
  if (process.getuid?.() !== 0) return {};
  const made = systemAccount('postgres');
  if (!made) {
    throw new Error(
      'Postgres does not run as root and no account "postgres" could be made. Run "useradd --system --user-group postgres" and start again.',
    );
  }
  return made;
}

/** Looks a system account up, and makes it when it is missing (root only). undefined: it could not be made. */
export function systemAccount(name: string): Required<Account> | undefined {
  const found = lookUp(name);
  if (found) return found;
  spawnSync('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', name]);
  if (!lookUp(name)) spawnSync('adduser', ['-S', '-D', '-H', name]); // BusyBox (Alpine) has no useradd
  return lookUp(name);
}

function lookUp(name: string): Required<Account> | undefined {
  const [uid, gid] = ['-u', '-g'].map((flag) => {
    const { status, stdout } = spawnSync('id', [flag, name], { encoding: 'utf8' });
    return status === 0 ? Number.parseInt(stdout, 10) : undefined;
  });
  return uid === undefined || gid === undefined ? undefined : { uid, gid };
}

/** @throws with the folder above `dataDir` that the account may not pass through; Postgres could not reach its files. */
export async function refuseClosedParents(dataDir: string, { uid, gid }: Account) {
  if (uid === undefined) return;
  for (let folder = path.resolve(dataDir); ; folder = path.dirname(folder)) {
    const { mode, uid: owner, gid: group } = await stat(folder);
    const bit = owner === uid ? 0o100 : group === gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) {
      throw new Error(
        `As root, the database runs under the account "postgres", which may not pass through ${folder}. Set SIGNALBOX_DATA_DIR to a folder such as /var/lib/signalbox, or run: chmod o+x "${folder}"`,
      );
    }
    if (folder === path.dirname(folder)) return;
  }
}
