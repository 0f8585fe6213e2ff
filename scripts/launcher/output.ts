import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { Writable } from 'node:stream';

/** `files`: `<data>/logs`, for someone at a terminal. `stdout`: for systemd and containers, which keep logs themselves. */
export type LogTarget = 'files' | 'stdout';

const LARGEST_FILE = 20_000_000;

export interface Output {
  log: (line: string) => void;
  /** Where a child's output goes. */
  of: (name: string) => Writable;
}

/** Log files are mode 600 and kept to 20 MB, with one older file beside. */
export function openOutput(dataDir: string, target: LogTarget): Output {
  const folder = path.join(dataDir, 'logs');
  if (target === 'files') mkdirSync(folder, { recursive: true, mode: 0o700 });
  const toFile = (name: string) => (chunk: Buffer) => {
    const file = path.join(folder, `${name}.log`);
    if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > LARGEST_FILE) renameSync(file, `${file}.1`);
    appendFileSync(file, chunk, { mode: 0o600 });
  };
  const write = (name: string) => (target === 'files' ? toFile(name) : (chunk: Buffer) => void process.stdout.write(chunk));
  return {
    log: (line) => console.error(`Signalbox: ${line}`),
    of: (name) => {
      const put = write(name);
      return new Writable({
        write: (chunk: Buffer, _encoding, done) => {
          try {
            put(chunk);
          } catch {
            // a full disk must not end the launcher; the line is lost
          }
          done();
        },
      });
    },
  };
}
