import { execFile, type ExecFileException } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** A process by more than its number: numbers are used again, start times (ticks since boot) are not within one boot. */
export interface ProcessId {
  pid: number;
  startTime: string;
}

export interface Outcome {
  /** Exit code; -1 when a signal or a time-out ended it. */
  code: number;
  stdout: string;
  stderr: string;
}

export const bootId = () => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();

/** Field 22 of /proc/<pid>/stat, or undefined when there is no such process (a zombie counts as none). */
export function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

export function identify(pid: number): ProcessId | undefined {
  const start = startTime(pid);
  return start === undefined ? undefined : { pid, startTime: start };
}

export const lives = (id: ProcessId) => startTime(id.pid) === id.startTime;

/** Direct children; the kernel's list where it has one, else a look at every process's parent. */
export function children(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return everyPid().filter((other) => {
      try {
        const stat = readFileSync(`/proc/${other}/stat`, 'utf8');
        return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] === String(pid);
      } catch {
        return false;
      }
    });
  }
}

/** Name of the program, as the kernel keeps it; empty when there is no such process. */
export function commandName(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}

const everyPid = () =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

/** Every process that was started with this environment variable: a random token, so never a stranger's. */
export function processesWith(variable: string, value: string): ProcessId[] {
  const wanted = `${variable}=${value}`;
  return everyPid().flatMap((pid) => {
    try {
      if (pid === process.pid || !readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(wanted)) return [];
      const id = identify(pid);
      return id ? [id] : [];
    } catch {
      return [];
    }
  });
}

export function kill(id: ProcessId, signal: NodeJS.Signals = 'SIGKILL'): void {
  if (!lives(id)) return;
  try {
    process.kill(id.pid, signal);
  } catch {
    // It ended between the look and the signal.
  }
}

/** Polls `check` until it gives a value; the bound is in milliseconds and its passing names what was waited for. */
export async function until<T>(what: string, check: () => T | undefined | Promise<T | undefined>, bound = 20_000): Promise<T> {
  const end = performance.now() + bound;
  for (;;) {
    const value = await check();
    if (value !== undefined && value !== false && value !== null) return value;
    if (performance.now() > end) throw new Error(`waited ${bound / 1000} s for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}

/** Runs a program with an argument list (no shell) and returns whatever it did; never throws for a non-zero exit. */
export function run(
  file: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; input?: string; timeout?: number; cwd?: string } = {},
): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = execFile(
      file,
      args,
      {
        env: options.env ?? process.env,
        timeout: options.timeout ?? 60_000,
        maxBuffer: 64 << 20,
        killSignal: 'SIGKILL',
        cwd: options.cwd,
      },
      (error: ExecFileException | null, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ code, stdout, stderr: code === -1 && error && !stderr ? error.message : stderr });
      },
    );
    // A program that never reads its input closes the pipe; its exit code says what happened.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(options.input ?? '');
  });
}

/** Like run, but a failure throws with the program's own words. */
export async function must(file: string, args: readonly string[], options: Parameters<typeof run>[2] = {}): Promise<string> {
  const outcome = await run(file, args, options);
  if (outcome.code !== 0)
    throw new Error(`${file} ${args.join(' ')} ended with ${outcome.code}: ${outcome.stderr || outcome.stdout}`);
  return outcome.stdout;
}
