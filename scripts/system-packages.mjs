// Programs of the system that demo and verify use. Installed by apt where that is possible, otherwise named.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** @typedef {{ program: string, package: string, why: string }} Needed */

/** What a lab is made of (lab/). */
export const LAB = [
  { program: 'redis-server', package: 'redis-server', why: 'the Redis of the lab' },
  { program: 'redis-sentinel', package: 'redis-sentinel', why: 'the Sentinels of the lab' },
  { program: 'sshd', package: 'openssh-server', why: 'the SSH servers of the lab' },
  { program: 'ssh-keygen', package: 'openssh-client', why: 'the keys of the lab' },
  { program: 'haproxy', package: 'haproxy', why: 'the load balancer of the lab' },
  { program: 'dockerd', package: 'docker.io', why: 'the Docker engines of the lab' },
  { program: 'iptables', package: 'iptables', why: 'partitions of the lab and its Docker engines' },
  { program: 'sudo', package: 'sudo', why: 'the SSH user with few rights of the lab' },
  { program: 'unshare', package: 'util-linux', why: 'the hosts of the lab' },
];

const SERVICES = ['redis-server', 'redis-sentinel', 'ssh', 'haproxy', 'docker', 'docker.socket', 'containerd'];
const POLICY = '/usr/sbin/policy-rc.d';
const MARK = '# made by Signalbox while it installs packages';

export function hasProgram(program) {
  return [...(process.env.PATH ?? '').split(':'), '/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/bin', '/bin'].some((folder) => {
    try {
      accessSync(path.join(folder, program), constants.X_OK);
      return folder !== '';
    } catch {
      return false;
    }
  });
}

/**
 * Installs what is missing, as root on Debian or Ubuntu. No service of an installed package is started or left enabled.
 * @param {Needed[]} wanted
 * @returns {Needed[]} what is still missing
 */
export function ensurePrograms(wanted) {
  const missing = wanted.filter(({ program }) => !hasProgram(program));
  if (missing.length === 0 || process.getuid?.() !== 0 || !hasProgram('apt-get')) return missing;
  const packages = [...new Set(missing.map((m) => m.package))];
  process.stderr.write(`Installing ${packages.join(' ')} …\n`);
  withoutStartingServices(() => {
    if (install(packages)) return;
    apt(['update', '-q']);
    // One that this release does not have must not keep the others away.
    if (!install(packages)) for (const one of packages) install([one]);
  });
  const still = missing.filter(({ program }) => !hasProgram(program));
  if (hasProgram('systemctl')) {
    // Only of packages that were not here before: somebody's own Redis or SSH server stays as it is.
    const installed = missing.filter((m) => !still.includes(m)).map((m) => m.package);
    const services = SERVICES.filter((s) =>
      installed.some(
        (p) =>
          p.includes(s.replace(/\..*/, '')) ||
          (p === 'docker.io' && s === 'containerd') ||
          (p === 'openssh-server' && s === 'ssh'),
      ),
    );
    if (services.length > 0) spawnSync('systemctl', ['disable', '--quiet', ...services], { stdio: 'ignore' });
  }
  return still;
}

/** The line for a machine where nothing may be installed. */
export function describeMissing(missing) {
  return missing.map((m) => `${m.program} (${m.why}; package ${m.package})`).join(', ');
}

const install = (packages) => apt(['install', '-q', '-y', '--no-install-recommends', ...packages]);

function apt(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'ignore'] }).status === 0;
}

/** Debian asks this file before a package starts a service (invoke-rc.d); 101 = it may not. One that is there is the owner's and stays. */
function withoutStartingServices(work) {
  const own = !existsSync(POLICY) || readFileSync(POLICY, 'utf8').includes(MARK); // also one left by a killed run
  if (own) writeFileSync(POLICY, `#!/bin/sh\n${MARK}\nexit 101\n`, { mode: 0o755 });
  try {
    work();
  } finally {
    if (own) rmSync(POLICY, { force: true });
  }
}
