import { existsSync, readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '@/lab/machine/process';

/** Control group below which every engine of a lab puts its containers. */
export const cgroupOf = (token: string) => `signalbox-${token.slice(0, 12)}`;

/** The engine's control groups stay as empty folders when it is killed; a group empties a moment after its last process. */
export async function removeCgroups(name: string): Promise<void> {
  const root = '/sys/fs/cgroup';
  if (process.getuid?.() !== 0 || !existsSync(root)) return;
  const places = [join(root, name), ...readdirSync(root).map((controller) => join(root, controller, name))];
  await until(
    `the control groups ${name} to empty`,
    () => {
      for (const place of places) removeGroup(place);
      return !places.some((place) => existsSync(place)) || undefined;
    },
    10_000,
  );
}

function removeGroup(folder: string): void {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) removeGroup(join(folder, entry.name));
  try {
    rmdirSync(folder);
  } catch {
    // Still holds a process that is dying; the caller tries again.
  }
}
