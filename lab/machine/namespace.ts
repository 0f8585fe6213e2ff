import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { children, identify, kill, run, until, type Outcome, type ProcessId } from '@/lab/machine/process';

export const TOKEN_VARIABLE = 'SIGNALBOX_LAB';
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

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
  const asRoot = process.getuid?.() === 0;
  const child = spawn(
    'unshare',
    [
      ...(asRoot ? [] : ['--user', '--map-root-user']),
      '--mount',
      '--uts',
      '--pid',
      '--fork',
      '--kill-child',
      'sh',
      tree.script,
      join(tree.dir, 'root'),
      tree.name,
    ],
    {
      detached: true,
      stdio: ['ignore', log, log],
      env: { NODE_ENV: 'production', PATH, LANG: 'C.UTF-8', [TOKEN_VARIABLE]: tree.token, ...tree.environment },
    },
  );
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
    const inner = children(child.pid)[0];
    const init = inner === undefined ? undefined : identify(inner);
    return wrapper && init ? { wrapper, init } : undefined;
  });
}

export const untilReady = (tree: Pick<Tree, 'dir' | 'name'>, bound = 60_000) =>
  until(
    `${tree.name} to finish booting (see ${join(tree.dir, 'root/var/log')})`,
    () => existsSync(stateFile(tree, 'ready')) || undefined,
    bound,
  );

/** Switches a host off as a power cut does: nothing inside gets to say goodbye. */
export async function powerOff(namespace: Namespace): Promise<void> {
  kill(namespace.init);
  kill(namespace.wrapper);
  await until('a host to end', () =>
    identify(namespace.wrapper.pid)?.startTime === namespace.wrapper.startTime ? undefined : true,
  );
}

/** Runs an argument list inside the host, as its root, without SSH. `detached` leaves a background process in it. */
export function execIn(
  namespace: Namespace,
  argv: readonly string[],
  options: { input?: string; timeout?: number } = {},
): Promise<Outcome> {
  const user = process.getuid?.() === 0 ? [] : ['--user', '--preserve-credentials'];
  return run('nsenter', ['--target', String(namespace.init.pid), ...user, '--mount', '--uts', '--pid', '--', ...argv], {
    ...options,
    env: { NODE_ENV: 'production', PATH, HOME: '/root', LANG: 'C.UTF-8', TERM: 'dumb' },
  });
}
