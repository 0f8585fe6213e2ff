import { spawn, type ChildProcess } from 'node:child_process';
import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

export interface Program {
  name: string;
  /** Arguments of node. */
  args: string[];
  cwd: string;
  /** The whole environment: a child sees no secret that is not its own. */
  env: Record<string, string>;
  /** Another account than this process's own (root only). */
  account?: { uid: number; gid: number };
  /** How long it may take to end after SIGTERM. */
  graceMs: number;
}

export interface Supervised {
  /** Process id now; undefined between two lives. */
  pid: () => number | undefined;
  stop: () => Promise<void>;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
/** Who lived this long starts again at once. */
const HEALTHY_MS = 60_000;

/** What each program loads first; its account must be able to read it. */
export const follower = fileURLToPath(new URL('./follow-parent.mjs', import.meta.url));

/** Runs a program and starts it again when it ends, waiting 0.5 s, 1 s, 2 s … 30 s between lives that were short. */
export function supervise(program: Program, output: Writable, log: (line: string) => void): Supervised {
  let child: ChildProcess | undefined;
  let waiting: NodeJS.Timeout | undefined;
  let stopping = false;
  let waitMs = FIRST_WAIT_MS;

  const run = () => {
    const born = Date.now();
    // Its own session, so that Ctrl-C reaches the launcher alone, which ends everything in order.
    const life = spawn(process.execPath, ['--import', follower, ...program.args], {
      cwd: program.cwd,
      ...program.account, // libuv drops the supplementary groups with it
      env: program.env as NodeJS.ProcessEnv, // NODE_ENV is optional for node, required by Next's types
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    child = life;
    for (const stream of [life.stdout, life.stderr]) stream?.pipe(output, { end: false });
    const over = (why: string) => {
      if (child !== life) return;
      child = undefined;
      if (stopping) return;
      waitMs = Date.now() - born > HEALTHY_MS ? FIRST_WAIT_MS : Math.min(waitMs * 2, LONGEST_WAIT_MS);
      log(`${program.name} ended (${why}); starting it again in ${(waitMs / 1000).toFixed(1)} s`);
      waiting = setTimeout(run, waitMs);
    };
    life.once('error', (error) => over(error.message));
    life.once('exit', (code, signal) => over(`${code ?? signal}`));
  };
  run();

  return {
    pid: () => child?.pid,
    stop: async () => {
      stopping = true;
      clearTimeout(waiting);
      if (child) await end(child, program.graceMs);
    },
  };
}

async function end(child: ChildProcess, graceMs: number) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const late = setTimeout(() => {
    // The group: what it started itself as well.
    if (child.pid) process.kill(-child.pid, 'SIGKILL');
  }, graceMs);
  await gone;
  clearTimeout(late);
}
