import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { haproxyConfig } from '@/lab/deployment/balancer';
import { composeScript, simConfigPath, type ContainerFacts } from '@/lab/deployment/containers';
import { installTree, livekitYaml, type DeploymentFacts } from '@/lab/deployment/product-files';
import { redisConf, sentinelConf } from '@/lab/deployment/redis-files';
import { programName, servicesOf } from '@/lab/deployment/services';
import { makeOuter, makeRootTree, sshdConfig, write } from '@/lab/host/root-tree';
import type { Tree } from '@/lab/machine/namespace';
import { must } from '@/lab/machine/process';
import { cgroupOf } from '@/lab/machine/cgroup';
import { versionOf } from '@/lab/options';
import { planLab, PORTS, REDIS_MASTER_NAME, type HostPlan } from '@/lab/plan';
import type { Account, Capabilities, LabState } from '@/lab/state';

export interface HostFacts extends DeploymentFacts {
  capable: Capabilities;
  token: string;
  cgroup: string;
  sshPort: number;
  accounts: readonly Account[];
  observerRules: readonly string[];
}

/** Everything that a host's files depend on, from the lab's state alone: a later process makes the same files. */
export const factsOf = (state: LabState): HostFacts => ({
  plan: planLab(state.octet, state.options.media),
  secrets: state.secrets,
  layout: state.options.layout,
  version: versionOf(state.options),
  restartPolicy: state.options.restartPolicy,
  webhookUrls: state.options.webhookUrls,
  capable: state.capable,
  token: state.token,
  cgroup: cgroupOf(state.token),
  sshPort: state.ssh.port,
  accounts: state.accounts,
  observerRules: state.options.observer,
});

const lab = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

/** The folder, start script and mounts of a host; the same each time it is switched on. */
export const treeOf = (dir: string, name: string, token: string, capable: Capabilities): Tree => ({
  dir,
  name,
  token,
  script: join(lab, 'host/init.sh'),
  environment: {
    LAB_SOURCE: lab,
    LAB_MODULES: realpathSync(join(lab, '..', 'node_modules')),
    LAB_NODE: realpathSync(process.execPath),
    LAB_LIVEKIT: capable.livekit ?? '',
    LAB_DOCKER: capable.engine === 'docker' && capable.dockerCli !== '/usr/bin/docker' ? (capable.dockerCli ?? '') : '',
  },
});

const hostEnv = (values: Record<string, string>) =>
  Object.entries(values)
    .map(([key, value]) => `${key}='${value}'\n`)
    .join('');

/** What every simulation is told (lab/sim/wire/service.mjs reads it again at each use). */
export function simConfig(facts: HostFacts, host: HostPlan, service: string): Record<string, unknown> {
  const { plan, secrets } = facts;
  return {
    service,
    host: host.name,
    role: host.role,
    address: host.address,
    masters: plan.masters.map((master) => master.address),
    media: plan.media.map((media) => media.address),
    ports: PORTS,
    redis: {
      sentinels: plan.masters.map((master) => ({ host: master.address, port: PORTS.sentinel })),
      masterName: REDIS_MASTER_NAME,
      password: secrets.redisPassword,
      sentinelPassword: secrets.redisPassword,
    },
    livekit: { key: secrets.livekitApiKey, secret: secrets.livekitApiSecret, port: PORTS.livekit },
    dir: '/run/lab/sims',
  };
}

export function containerFacts(facts: Pick<HostFacts, 'version' | 'restartPolicy' | 'capable'>, host: HostPlan): ContainerFacts {
  const { version, restartPolicy, capable } = facts;
  return { version, restartPolicy, livekitIsReal: capable.livekit !== undefined, gid: capable.asRoot ? host.gid : undefined };
}

/** Writes the whole tree of one host: system, install folder, service configs and the scripts that start it. */
export async function makeHost(facts: HostFacts, host: HostPlan, dir: string): Promise<void> {
  const root = join(dir, 'root');
  const { capable, plan } = facts;
  makeRootTree(root, facts.accounts, facts.observerRules);
  write(root, 'etc/hostname', `${host.name}\n`);
  write(root, 'etc/ssh/sshd_config', sshdConfig(facts.accounts.map((account) => account.name)));
  if (!capable.asRoot) await makeOuter(root, process.getuid?.() ?? 0, process.getgid?.() ?? 0);
  const keyFile = join(root, 'etc/ssh/ssh_host_ed25519_key');
  await must('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', host.name, '-f', keyFile]);
  for (const [path, text] of Object.entries(installTree(facts, host)))
    write(root, `opt/openvidu/${path}`, text, path.endsWith('.env') ? 0o600 : 0o644);
  for (const folder of host.role === 'master'
    ? ['data/redis', 'data/mongo', 'data/minio', 'owncert', 'backups']
    : ['data/livekit', 'egress_data/home/egress/tmp', 'egress_data/home/egress/backup_storage']) {
    mkdirSync(join(root, 'opt/openvidu', folder), { recursive: true });
  }
  if (host.role === 'master') {
    write(root, 'opt/openvidu/data/redis/redis.conf', redisConf(plan, host, facts.secrets.redisPassword), 0o600);
    write(root, 'opt/openvidu/data/redis/sentinel.conf', sentinelConf(plan, host, facts.secrets.redisPassword), 0o600);
  } else {
    write(root, 'opt/openvidu/data/livekit/livekit.yaml', livekitYaml(facts, host), 0o600);
  }
  const services = servicesOf(host.role, host.index, facts.version);
  for (const service of services)
    write(root, simConfigPath(service), JSON.stringify(simConfig(facts, host, programName(service))));
  write(root, 'run/lab/images', [...new Set(services.map((service) => service.image)), ''].join('\n'));
  write(root, 'run/lab/compose', composeScript(host, containerFacts(facts, host)), 0o755);
  mkdirSync(join(root, 'etc/systemd/system/multi-user.target.wants'), { recursive: true });
  write(root, 'etc/systemd/system/multi-user.target.wants/openvidu.service', '');
  if (capable.engine === 'standin')
    write(root, 'local/bin/docker', '#!/bin/sh\nexec /run/lab/repo/lab/standin/docker "$@"\n', 0o755);
  const settings = {
    LAB_SSHD: capable.sshd,
    LAB_ADDRESS: host.address,
    LAB_SSH_PORT: String(facts.sshPort),
    LAB_SSH_BEHIND: '2022',
    LAB_GID: capable.asRoot ? String(host.gid) : '',
    LAB_ENGINE: capable.engine,
    LAB_CGROUP: `/${facts.cgroup}/${host.name}`,
    LAB_HAPROXY: '',
  };
  write(root, 'run/lab/host.env', hostEnv(settings));
}

/** The load balancer's machine: only HAProxy runs on it, no SSH and no engine. */
export function makeBalancer(facts: HostFacts, dir: string): void {
  const root = join(dir, 'root');
  makeRootTree(root, facts.accounts, []);
  write(root, 'etc/haproxy.cfg', haproxyConfig(facts.plan));
  write(
    root,
    'run/lab/host.env',
    hostEnv({ LAB_SSHD: '', LAB_GID: '', LAB_ENGINE: 'none', LAB_CGROUP: '', LAB_HAPROXY: facts.capable.haproxy ?? '' }),
  );
}

/** Writes every simulation's config of a host anew, with `change` on top; renamed into place, since they may be reading. */
export async function changeSimConfigs(
  facts: HostFacts,
  host: HostPlan,
  dir: string,
  change: Record<string, unknown>,
): Promise<void> {
  for (const service of servicesOf(host.role, host.index, facts.version)) {
    const file = join(dir, 'root', simConfigPath(service));
    writeFileSync(`${file}.new`, JSON.stringify({ ...simConfig(facts, host, programName(service)), ...change }));
    await rename(`${file}.new`, file);
  }
}
