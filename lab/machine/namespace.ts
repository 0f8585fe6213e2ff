import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { children, commandName, identify, kill, lives, run, until, type Outcome, type ProcessId } from '@/lab/machine/process';

export const TOKEN_VARIABLE = 'SIGNALBOX_LAB';
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const isRoot = () => process.getuid?.() === 0;

export interface Tree {
  /** Folder of the host; its file tree is `<dir>/root`. */
  dir: string;
  name: string;
  token: string;
  script: string;
  /** Paths that init.sh mounts: lab sources, node_modules, node, and the optional ones. */
  environment: Record<string, string>;
}

/** The two processes of a switched-on host: `unshare` outside and the first process inside. Killing either ends all. */
export interface Namespace {
  wrapper: ProcessId;
  init: ProcessId;
}

const stateFile = (tree: Pick<Tree, 'dir'>, name: string) => join(tree.dir, 'root/run/lab/state', name);

/** Switches a host on: resolves once its file tree stands; its SSH server and engine come up by themselves (`untilReady`). */
export async function powerOn(tree: Tree): Promise<Namespace> {
  for (const name of ['pivoted', 'ready', 'active']) rmSync(stateFile(tree, name), { force: true });
  mkdirSync(tree.dir, { recursive: true });
  const log = openSync(join(tree.dir, 'init.log'), 'a');
  const host = [join(tree.dir, 'root'), tree.name];
  const command = isRoot()
    ? ['--mount', '--uts', '--pid', '--fork', '--kill-child', 'sh', tree.script, ...host]
    : [
        '--user',
        '--map-current-user',
        '--keep-caps',
        '--mount',
        '--pid',
        '--fork',
        '--kill-child',
        'sh',
        join(dirname(tree.script), 'outer.sh'),
        ...host,
        tree.script,
      ];
  const child = spawn('unshare', command, {
    detached: true,
    stdio: ['ignore', log, log],
    env: { NODE_ENV: 'production', PATH, LANG: 'C.UTF-8', [TOKEN_VARIABLE]: tree.token, ...tree.environment },
  });
  closeSync(log);
  child.unref();
  let failed: string | undefined;
  child.once('error', (error) => (failed = error.message));
  child.once(
    'exit',
    (code) => (failed = `ended with ${code}: ${readFileSync(join(tree.dir, 'init.log'), 'utf8').trim().split('\n').pop() ?? ''}`),
  );
  return until(`the file tree of ${tree.name}`, () => {
    if (failed) throw new Error(`${tree.name} did not start: ${failed}`);
    if (!child.pid || !existsSync(stateFile(tree, 'pivoted'))) return undefined;
    const wrapper = identify(child.pid);
    const inner = firstProcess(child.pid);
    const init = inner === undefined ? undefined : identify(inner);
    return wrapper && init ? { wrapper, init } : undefined;
  });
}

/** Below `unshare`: the host's first process, or (for an ordinary user) the one around it, whose `unshare` has it. */
function firstProcess(wrapper: number): number | undefined {
  const first = children(wrapper)[0];
  if (isRoot() || first === undefined) return first;
  const inner = children(first).find((pid) => commandName(pid) === 'unshare');
  return inner === undefined ? undefined : children(inner)[0];
}

export const untilReady = (tree: Pick<Tree, 'dir' | 'name'>, bound = 90_000) =>
  until(
    `${tree.name} to finish booting (see ${join(tree.dir, 'root/var/log')})`,
    () => existsSync(stateFile(tree, 'ready')) || undefined,
    bound,
  );

/** Switches a host off as a power cut does: nothing inside gets to say goodbye. Resolves when its last process has ended. */
export async function powerOff(namespace: Namespace): Promise<void> {
  // The first process ends only after all others of its namespace have; `unshare` ends after it. An ordinary user's host has
  // another namespace around it, whose first process is the one to kill.
  const outermost = children(namespace.wrapper.pid).flatMap((pid) => identify(pid) ?? []);
  for (const id of outermost.length > 0 && lives(namespace.wrapper) ? outermost : [namespace.wrapper]) kill(id);
  await until('a host to end', () => (lives(namespace.init) || lives(namespace.wrapper) ? undefined : true));
}

/** Runs an argument list inside the host, as its root, without SSH. `detached` leaves a background process in it. */
export function execIn(
  namespace: Namespace,
  argv: readonly string[],
  options: { input?: string; timeout?: number } = {},
): Promise<Outcome> {
  const user = isRoot() ? [] : ['--user', '--preserve-credentials'];
  return run('nsenter', ['--target', String(namespace.init.pid), ...user, '--mount', '--uts', '--pid', '--', ...argv], {
    ...options,
    env: { NODE_ENV: 'production', PATH, HOME: '/root', LANG: 'C.UTF-8', TERM: 'dumb' },
  });
}
