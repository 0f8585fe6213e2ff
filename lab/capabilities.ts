import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { firewallProblem } from '@/lab/machine/firewall';
import { livekitServer, LIVEKIT_VERSION } from '@/lab/machine/livekit-build';
import { findProgram, findSystemProgram } from '@/lab/machine/programs';
import { run } from '@/lab/machine/process';
import type { ResolvedOptions } from '@/lab/options';
import type { Capabilities, Part } from '@/lab/state';

const repository = fileURLToPath(new URL('..', import.meta.url));
export const STANDIN = fileURLToPath(new URL('./standin/docker', import.meta.url));

const need = (name: string, packageName: string) => {
  const path = findSystemProgram(name);
  if (!path) throw new Error(`${name} is missing: install the package ${packageName}`);
  return path;
};

/** Looks at what this machine offers and says of each part whether it is the real thing. Throws with what must be installed. */
export async function capabilities(options: ResolvedOptions, say: (line: string) => void): Promise<Capabilities> {
  const asRoot = process.getuid?.() === 0;
  const parts: Part[] = [];
  const part = (name: string, real: boolean, why: string) => void parts.push({ name, real, why });

  need('redis-server', 'redis-server');
  need('unshare', 'util-linux');
  const sshd = need('sshd', 'openssh-server');
  need('ssh-keygen', 'openssh-client');
  if (!asRoot) {
    const namespaces = await run('unshare', ['--user', '--map-root-user', '--mount', '--uts', '--pid', '--fork', 'true']);
    if (namespaces.code !== 0)
      throw new Error(`this kernel gives an ordinary user no namespaces (${namespaces.stderr.trim()}): run the lab as root`);
  }
  part(
    'hosts',
    true,
    `one mount, UTS and PID namespace a host${asRoot ? '' : ', in a user namespace'}; all share the kernel, CPU and memory of this machine`,
  );
  part(
    'SSH',
    true,
    asRoot
      ? 'OpenSSH, one server a host'
      : 'OpenSSH, one server a host, around it: each session enters the host; no second user, no SFTP',
  );
  part('Redis and Sentinel', true, "the machine's own redis-server");

  const dockerCli = findSystemProgram('docker') ?? findProgram('docker');
  const noEngine = !asRoot
    ? 'a Docker engine needs root'
    : !findSystemProgram('dockerd')
      ? 'dockerd is not installed'
      : !dockerCli
        ? 'no docker client'
        : undefined;
  if (options.engine === 'docker' && noEngine) throw new Error(noEngine);
  const engine = options.engine === 'standin' || noEngine ? 'standin' : 'docker';
  if (engine === 'standin' && !existsSync(STANDIN))
    throw new Error(`no Docker engine (${noEngine ?? 'as asked'}) and no stand-in at lab/standin/docker in ${repository}`);
  part('Docker', engine === 'docker', engine === 'docker' ? 'one engine a host' : `stand-in: ${noEngine ?? 'as asked'}`);

  const built = options.livekit === 'simulated' ? { why: 'as asked' } : await livekitServer(say);
  const livekit = 'path' in built ? built.path : undefined;
  if (options.livekit === 'real' && !livekit) throw new Error('why' in built ? built.why : 'no livekit-server');
  part(
    'LiveKit',
    livekit !== undefined,
    livekit ? `livekit-server ${LIVEKIT_VERSION}` : `simulated, without media: ${'why' in built ? built.why : ''}`,
  );

  const haproxy = findSystemProgram('haproxy');
  part(
    'load balancer',
    haproxy !== undefined,
    haproxy ? 'HAProxy' : 'none: haproxy is not installed, so clients go to one master',
  );
  part('systemctl', false, "stand-in: acts on the host's containers as compose up and down do");
  const services =
    'Caddy, operator, MongoDB, MinIO, dashboard, Meet, Grafana, Mimir, Loki, Alloy, Prometheus, egress, ingress, agent';
  part(services, false, 'simulated on their documented ports and shapes');
  part(
    'clock skew',
    false,
    'a host has no clock of its own: `date` is replaced, and LiveKit by a simulation whose heartbeats are skewed',
  );
  const cannotFilter = firewallProblem();
  part('partition', cannotFilter === undefined, cannotFilter ?? 'packet filter by address and group');
  return {
    asRoot,
    engine,
    dockerCli,
    livekit,
    sshd,
    haproxy,
    sudo: asRoot && findSystemProgram('sudo') !== undefined && findProgram('openssl') !== undefined,
    parts,
  };
}
