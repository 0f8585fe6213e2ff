import { spawn, execFile, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ADMIN = { email: 'operator@signalbox.test', password: 'correct-horse-battery-staple' };

/** Signalbox as `npm start` runs it, in a data folder of its own, with everything it said. */
export interface Product {
  url: string;
  dataDir: string;
  admin: typeof ADMIN;
  /** A token with scope admin, by the documented command. */
  token: string;
  /** Everything launcher, web and worker wrote so far. */
  output: () => string;
  /** Process ids of now; postgres is the postmaster. */
  pids: () => Promise<{ worker: number; postgres: number }>;
  /** SIGSTOP or SIGCONT to the postmaster and every backend: connections stay open and nobody answers. */
  signalPostgres: (signal: 'SIGSTOP' | 'SIGCONT') => Promise<void>;
  api: <T = unknown>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ) => Promise<{ status: number; body: T }>;
  stop: () => Promise<void>;
}

/** @throws when the console is not up within 3 minutes (the first build counts) */
export async function startProduct(): Promise<Product> {
  const dataDir = await mkdtemp(join(tmpdir(), 'signalbox e2e-'));
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    SIGNALBOX_DATA_DIR: dataDir,
    SIGNALBOX_ADMIN_EMAIL: ADMIN.email,
    SIGNALBOX_ADMIN_PASSWORD: ADMIN.password,
  };
  const child = spawn(process.execPath, ['scripts/start.mjs'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said: string[] = [];
  const url = await addressOf(child, said);
  const token = (await run(process.execPath, ['scripts/token.mjs', '--scope', 'admin', '--name', 'e2e'], { env })).stdout.trim();
  return {
    url,
    dataDir,
    admin: ADMIN,
    token,
    output: () => said.join('\n'),
    pids: async () => ({
      worker: await childRunning(child, 'worker'),
      postgres: await postmasterOf(dataDir),
    }),
    async signalPostgres(signal) {
      const postmaster = await postmasterOf(dataDir);
      for (const pid of [postmaster, ...(await childrenOf(postmaster)).map((c) => c.pid)]) process.kill(pid, signal);
    },
    async api<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
      const answer = await fetch(`${url}/api/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      return { status: answer.status, body: (await answer.json()) as T };
    },
    async stop() {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await gone;
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function addressOf(child: ChildProcess, said: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`not up within 3 minutes:\n${said.join('\n')}`)), 180_000);
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on('line', (line) => {
        said.push(line);
        const url = /Signalbox is up: (\S+)/.exec(line)?.[1];
        if (!url) return;
        clearTimeout(late);
        resolve(url);
      });
    }
    child.once('exit', (code) => reject(new Error(`ended with ${code}:\n${said.join('\n')}`)));
  });
}

async function childRunning(launcher: ChildProcess, word: string): Promise<number> {
  const child = (await childrenOf(launcher.pid)).find((c) => c.command.includes(word));
  if (!child) throw new Error(`the launcher has no child that runs ${word}`);
  return child.pid;
}

async function childrenOf(parent: number | undefined): Promise<{ pid: number; command: string }[]> {
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
  const all = await Promise.all(
    pids.map(async (pid) => {
      const [stat, command] = await Promise.all(
        ['stat', 'cmdline'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
      );
      return { pid: Number(pid), command: command ?? '', parent: Number(stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) };
    }),
  );
  return all.filter((process) => process.parent === parent);
}

async function postmasterOf(dataDir: string): Promise<number> {
  const files = await readdir(dataDir, { recursive: true });
  const file = files.find((f) => f.endsWith('postmaster.pid'));
  if (!file) throw new Error(`no postmaster.pid below ${dataDir}`);
  return Number((await readFile(join(dataDir, file), 'utf8')).split('\n')[0]);
}
