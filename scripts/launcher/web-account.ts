import { spawnSync } from 'node:child_process';
import { systemAccount } from '@/lib/db/postgres-account';
import { follower, type Program } from './processes';

const NAME = 'signalbox-web';

/**
 * Started by root, the console runs under an account of its own, which cannot read the key that opens secrets: who takes the
 * console over does not get it. Where that cannot be, the log says so once and it runs as before.
 * @param keyFile only the worker may read it
 */
export function inOwnAccount(program: Program, keyFile: string, log: (line: string) => void): Program {
  const same = (why: string) => {
    log(`console and worker run under one account, which can read ${keyFile}: ${why}`);
    return program;
  };
  if (process.getuid?.() !== 0) return same('only root can give the console one of its own.');
  const account = systemAccount(NAME);
  if (!account) return same(`"useradd --system ${NAME}" failed; run it, then start again.`);
  const closed = unreadable(account, [process.execPath, follower, ...program.args.filter((a) => a.startsWith('/'))]);
  if (closed) return same(`the account ${NAME} may not read ${closed}. Put the program where everyone may, such as /opt.`);
  if (!unreadable(account, [keyFile])) return same(`the account ${NAME} may read it too; run: chmod 600 "${keyFile}"`);
  return { ...program, account, env: { ...program.env, HOME: '/', USER: NAME } };
}

/** The first file that the account cannot read, tried by a process of that account. */
function unreadable({ uid, gid }: { uid: number; gid: number }, files: string[]): string | undefined {
  // test -r asks access(2), which goes by the real user; the shell has its constant line, files are arguments.
  const find = 'for file in "$@"; do test -r "$file" || { printf %s "$file"; exit 1; }; done';
  const { status, stdout } = spawnSync('/bin/sh', ['-c', find, 'sh', ...files], { uid, gid, cwd: '/', encoding: 'utf8' });
  return status === 0 ? undefined : stdout || files[0];
}
