import { findProgram } from '@/lab/machine/programs';
import { must, run } from '@/lab/machine/process';

/** One chain a lab, jumped to from OUTPUT: on loopback every packet passes there, so both directions can be cut. */
const chainName = (octet: number) => `SIGNALBOX-LAB-${octet}`;

export function firewallProblem(): string | undefined {
  if (process.getuid?.() !== 0) return 'packets are filtered by root only';
  return findProgram('iptables') ? undefined : 'iptables is not installed';
}

const iptables = (...args: string[]) => must(findProgram('iptables') ?? 'iptables', ['-w', '10', ...args]);
const attempt = (...args: string[]) => run(findProgram('iptables') ?? 'iptables', ['-w', '10', ...args]);

/**
 * Cuts a host off: packets to its address from elsewhere, and packets of its own processes (known by their group, since a
 * loopback connection always has the source 127.0.0.1) to anywhere but itself.
 */
export async function cutOff(octet: number, address: string, gid: number): Promise<void> {
  const chain = chainName(octet);
  if ((await attempt('-N', chain)).code === 0) await iptables('-I', 'OUTPUT', '-j', chain);
  const owner = ['-m', 'owner', '--gid-owner', String(gid)];
  await iptables('-A', chain, '-d', address, ...owner, '-j', 'RETURN');
  await iptables('-A', chain, '-d', address, '-j', 'DROP');
  await iptables('-A', chain, ...owner, '-j', 'DROP');
}

/** Removes every rule of the lab; nothing happens when there is none. */
export async function openFirewall(octet: number): Promise<void> {
  if (firewallProblem()) return;
  const chain = chainName(octet);
  if ((await attempt('-F', chain)).code !== 0) return;
  while ((await attempt('-D', 'OUTPUT', '-j', chain)).code === 0);
  await attempt('-X', chain);
}
