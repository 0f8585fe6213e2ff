import { rm } from 'node:fs/promises';
import { cgroupOf, removeCgroups } from '@/lab/machine/cgroup';
import { openFirewall } from '@/lab/machine/firewall';
import { TOKEN_VARIABLE } from '@/lab/machine/namespace';
import {
  bootId,
  children,
  commandName,
  identify,
  kill,
  lives,
  processesWith,
  until,
  type ProcessId,
} from '@/lab/machine/process';
import { dirOf, isStale, listStates, markEnded, releaseOctet, type LabState } from '@/lab/state';

/**
 * Ends everything of a lab and forgets it. Works on what the state file names and on what bears the lab's token, so it is the
 * same for a lab that ends well, one whose starter was killed, and one that was killed half-way through its start.
 */
export async function destroy(state: LabState): Promise<void> {
  markEnded(state.token);
  if (state.bootId === bootId()) {
    // The first process of a PID namespace takes all others with it, containers of the host's engine included, and ends after
    // them. While it ends its environment cannot be read any more, so what was seen once is waited for.
    const seen = new Map<string, ProcessId>();
    const add = (id: ProcessId) => seen.set(`${id.pid} ${id.startTime}`, id);
    for (const host of Object.values(state.hosts)) if (host) [host.init, host.wrapper].forEach(add);
    await until(`the processes of lab ${state.name} to end`, () => {
      processesWith(TOKEN_VARIABLE, state.token).forEach(add);
      const left = [...seen.values()].filter(lives);
      for (const id of left) killFirst(id);
      return left.length === 0 || undefined;
    });
    await openFirewall(state.octet);
    await removeCgroups(cgroupOf(state.token));
  }
  await rm(dirOf(state.name), { recursive: true, force: true, maxRetries: 5 });
  releaseOctet(state.octet);
}

/** An `unshare` is left to end by itself, after the first process of its namespace: then nothing of the host is on its way out. */
function killFirst(id: ProcessId): void {
  const below = commandName(id.pid) === 'unshare' ? children(id.pid).flatMap((pid) => identify(pid) ?? []) : [];
  if (below.length === 0) kill(id);
  else below.forEach((child) => kill(child));
}

/** Ends every lab that was left behind (see isStale) and returns their names. */
export async function destroyStale(): Promise<string[]> {
  const stale = listStates().filter(isStale);
  for (const state of stale) await destroy(state);
  return stale.map((state) => state.name);
}
