import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, until, type Outcome } from '@/lab/machine/process';
import { findSystemProgram } from '@/lab/machine/programs';

const IMAGE = 'lab/empty:1';
/** Both engines run the machine's own programs: the real one by read-only mounts into an empty image. */
const PROGRAMS = ['/usr', '/bin', '/lib', '/lib64'].flatMap((dir) => ['-v', `${dir}:${dir}:ro`]);

/** Why the real engine cannot be compared with here; undefined where it can. */
export function noRealEngine(): string | undefined {
  if (process.getuid?.() !== 0) return 'a Docker engine needs root';
  if (!findSystemProgram('dockerd')) return 'dockerd is not installed';
  return existsSync('/usr/bin/docker') ? undefined : 'the docker client of the system is not installed';
}

/** A `docker` of its own, real or stand-in, whose folder can be put first in a PATH. */
export class Engine {
  private readonly dir = mkdtempSync(join(tmpdir(), 'sbx-engine-'));
  readonly bin = join(this.dir, 'bin');
  readonly docker = join(this.bin, 'docker');
  private daemon: ChildProcess | undefined;

  constructor(readonly kind: 'real' | 'standin') {
    mkdirSync(this.bin);
    const quoted = (path: string) => `'${path.replaceAll("'", `'\\''`)}'`;
    const standin = fileURLToPath(new URL('./docker', import.meta.url));
    const line =
      kind === 'real'
        ? `exec /usr/bin/docker -H unix://${this.dir}/docker.sock "$@"`
        : `DOCKER_STANDIN_DIR=${quoted(join(this.dir, 'state'))} DOCKER_STANDIN_NODE=${quoted(process.execPath)} exec ${quoted(standin)} "$@"`;
    writeFileSync(this.docker, `#!/bin/sh\n${line}\n`);
    chmodSync(this.docker, 0o755);
  }

  async start(): Promise<void> {
    if (this.kind === 'real') {
      const own = [
        '--data-root',
        join(this.dir, 'data'),
        '--exec-root',
        join(this.dir, 'exec'),
        '--pidfile',
        join(this.dir, 'pid'),
      ];
      const argv = ['--iptables=false', '--ip6tables=false', '--bridge=none', '-H', `unix://${this.dir}/docker.sock`, ...own];
      this.daemon = spawn('dockerd', argv, { stdio: 'ignore' });
    }
    await until('the engine', async () => (await this.call('version')).code === 0 || undefined, 30_000);
    const tree = join(this.dir, 'tree');
    for (const dir of ['usr', 'bin', 'lib', 'lib64', 'proc', 'sys', 'dev', 'tmp'])
      mkdirSync(join(tree, dir), { recursive: true });
    const imported = await run('sh', ['-c', 'tar -C "$1" -c . | "$2" import - "$3"', 'sh', tree, this.docker, IMAGE]);
    if (imported.code !== 0) throw new Error(imported.stderr);
  }

  call = (...argv: string[]): Promise<Outcome> => run(this.docker, argv, { timeout: 60_000 });

  /** `docker run -d` of a shell script; flags go before the image. */
  runScript = (script: string, ...flags: string[]) =>
    this.call('run', '-d', '--network', 'host', ...PROGRAMS, ...flags, IMAGE, '/bin/sh', '-c', script);

  /** Waits until `docker inspect` shows the wanted value of a template. */
  shows = (name: string, template: string, wanted: string) =>
    until(`${name}: ${template} = ${wanted} (${this.kind})`, async () => {
      const { stdout } = await this.call('inspect', '--format', template, name);
      return stdout.trim() === wanted || undefined;
    });

  /** Follows `docker events` until `end`; resolves when it surely listens. */
  async events(): Promise<{ lines: () => string[]; end: () => void }> {
    const child = spawn(this.docker, ['events', '--filter', 'type=container', '--format', '{{json .}}'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const lines = () => text.split('\n').filter(Boolean);
    // A container that is made and removed until its events arrive.
    await until('docker events to listen', async () => {
      await this.runScript('true', '--name', 'listens');
      await this.call('rm', '-f', 'listens');
      return lines().some((line) => line.includes('destroy')) || undefined;
    });
    const before = lines().length;
    return { lines: () => lines().slice(before), end: () => child.kill('SIGKILL') };
  }

  async end(): Promise<void> {
    const { stdout } = await this.call('ps', '-aq');
    const ids = stdout.split('\n').filter(Boolean);
    if (ids.length) await this.call('rm', '-f', ...ids);
    const pid = this.kind === 'real' ? this.daemon?.pid : this.standinPid();
    if (pid) process.kill(pid, 'SIGTERM');
    await until('the engine to end', () => !pid || !existsSync(`/proc/${pid}`) || undefined, 20_000);
    // dockerd leaves the mount of the host's network namespace behind.
    if (this.kind === 'real') await run('umount', [join(this.dir, 'exec/netns/default')]);
    rmSync(this.dir, { recursive: true, force: true });
  }

  private standinPid(): number | undefined {
    const file = join(this.dir, 'state', 'engine.pid');
    return existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined;
  }
}

/** What may differ between two engines: ids, times, pids, durations, sizes, the order of mounts. */
export const normal = (text: string): string =>
  text
    .replace(/\r/g, '')
    .replace(/[0-9a-f]{64}/g, 'ID64')
    .replace(/"(Pid|time|timeNano)":\d+/g, '"$1":N')
    .replace(/\b[0-9a-f]{12}\b/g, 'ID12')
    .replace(/\d{4}-\d\d-\d\d[T ][\d:.]+(Z| \+0000 UTC)/g, 'TIME')
    .replace(/\b(Less than a second|About a minute|\d+ (seconds?|minutes?))\b/g, 'SPAN')
    .replace(/"(Size|Mounts)":"[^"]*"/g, '"$1":""')
    .replace(/ {2,}/g, '  ')
    .replace(/sha256:ID64/g, 'IMAGE');
