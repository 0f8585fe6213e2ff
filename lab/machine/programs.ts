import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const PLACES = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** Full path of a program on PATH or in the system folders (an ordinary user's PATH lacks sbin), or undefined. */
export function findProgram(name: string): string | undefined {
  return [...(process.env.PATH ?? '').split(delimiter), ...PLACES]
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return existsSync(path);
      } catch {
        return false;
      }
    });
}

/** The same in the system folders only: hosts of the lab see /usr, not a user's own folders. */
export const findSystemProgram = (name: string) =>
  PLACES.slice(2)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
