import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { destroy } from '@/lab/cleanup';
import { livekitNodes, livekitPresence, redisMaster, type LivekitNode } from '@/lab/deployment/cluster';
import { changeSimConfigs, factsOf, treeOf, type HostFacts } from '@/lab/host/host-files';
import { LabHost } from '@/lab/host/host';
import { openFirewall } from '@/lab/machine/firewall';
import { execIn } from '@/lab/machine/namespace';
import type { Outcome } from '@/lab/machine/process';
import { PORTS, REDIS_MASTER_NAME, type LabPlan } from '@/lab/plan';
import { isScenarioName, scenarios, type ScenarioName } from '@/lab/scenarios';
import { dirOf, readState, writeState, type LabState, type Part } from '@/lab/state';

/** What an operator would type into Signalbox to add this deployment. */
export interface Connection {
  domain: string;
  /** Through the load balancer. */
  livekitUrl: string;
  apiKey: string;
  apiSecret: string;
  masters: string[];
  media: string[];
  sshUser: string;
  sshPort: number;
  /** OpenSSH format, no passphrase. */
  sshPrivateKey: string;
  /** The second user, with passwordless sudo by rule and a password; absent where sudo cannot work. */
  observer?: { user: string; password: string };
  redisPassword: string;
  redisMasterName: string;
  sentinelPort: number;
  redisPort: number;
  installDir: string;
}

export interface Lab {
  name: string;
  dir: string;
  octet: number;
  plan: LabPlan;
  hosts: LabHost[];
  parts: Part[];
  connection: Connection;
  /** The scenario that was applied last and not healed. */
  readonly current: ScenarioName | undefined;
  host(name: string): LabHost;
  /** The newest entry of a media host in LiveKit's `nodes` hash; undefined when it has none. */
  livekit(host: string): Promise<LivekitNode | undefined>;
  livekitNodes(): Promise<LivekitNode[]>;
  /** Node ids with live pub/sub presence. */
  livekitPresence(): Promise<string[]>;
  redisMaster(): Promise<string | undefined>;
  /** Runs on the balancer's machine, where simulated fleets live too. */
  balancer(argv: readonly string[], options?: { input?: string; timeout?: number }): Promise<Outcome>;
  /** Tells every simulation which media nodes there are. */
  setMedia(addresses: readonly string[]): Promise<void>;
  /** What a simulation needs to know to reach this lab's Redis; the base of a SIM_CONFIG of your own. */
  facts: HostFacts;
  /** Heals what is applied, then applies the named one. Returns what should be seen now. */
  scenario(name: string): Promise<string>;
  /** Undoes the current scenario; healthy again when it resolves. */
  heal(): Promise<void>;
  stop(): Promise<void>;
}

const hostDir = (state: LabState, name: string) => join(dirOf(state.name), 'hosts', name);

export function hostsOf(state: LabState, facts: HostFacts): LabHost[] {
  return [...facts.plan.masters, ...facts.plan.media].map((host) => {
    const dir = hostDir(state, host.name);
    mkdirSync(dir, { recursive: true });
    return new LabHost(host, treeOf(dir, host.name, state.token, state.capable), state.hosts[host.name] ?? null, (namespace) => {
      state.hosts[host.name] = namespace;
      writeState(state);
    });
  });
}

function connectionOf(state: LabState, plan: LabPlan): Connection {
  const front = state.capable.haproxy ? plan.balancer : (plan.masters[0]?.address ?? '');
  return {
    domain: plan.domain,
    livekitUrl: `ws://${front}:${PORTS.caddy}`,
    apiKey: state.secrets.livekitApiKey,
    apiSecret: state.secrets.livekitApiSecret,
    masters: plan.masters.map((master) => master.address),
    media: plan.media.map((media) => media.address),
    sshUser: 'root',
    sshPort: state.ssh.port,
    sshPrivateKey: readFileSync(join(dirOf(state.name), 'id_ed25519'), 'utf8'),
    ...(state.ssh.observerPassword !== null && { observer: { user: 'observer', password: state.ssh.observerPassword } }),
    redisPassword: state.secrets.redisPassword,
    redisMasterName: REDIS_MASTER_NAME,
    sentinelPort: PORTS.sentinel,
    redisPort: PORTS.redis,
    installDir: '/opt/openvidu',
  };
}

/** A lab of which every part is up. Scenarios act on it from any process; the state file says which one is applied. */
export function makeLab(state: LabState, facts: HostFacts, hosts: LabHost[]): Lab {
  const { plan } = facts;
  const masters = plan.masters.map((master) => master.address);
  const password = state.secrets.redisPassword;
  const find = (name: string) => {
    const host = hosts.find((candidate) => candidate.name === name);
    if (!host) throw new Error(`no host ${name}; there are ${hosts.map((candidate) => candidate.name).join(', ')}`);
    return host;
  };
  const current = () => (state.scenario !== null && isScenarioName(state.scenario) ? state.scenario : undefined);
  const remember = (name: ScenarioName | null) => {
    state.scenario = name;
    writeState(state);
  };
  const lab: Lab = {
    name: state.name,
    dir: dirOf(state.name),
    octet: state.octet,
    plan,
    hosts,
    facts,
    parts: state.capable.parts,
    connection: connectionOf(state, plan),
    get current() {
      return current();
    },
    host: find,
    livekitNodes: () => livekitNodes(masters, password),
    livekitPresence: () => livekitPresence(masters, password),
    redisMaster: () => redisMaster(masters, password),
    async livekit(host) {
      const address = find(host).address;
      const entries = (await livekitNodes(masters, password)).filter((node) => node.address === address);
      return entries.sort((a, b) => a.ageSeconds - b.ageSeconds)[0];
    },
    async balancer(argv, options) {
      const namespace = state.hosts.balancer;
      return namespace ? execIn(namespace, argv, options) : { code: -1, stdout: '', stderr: 'the balancer is off' };
    },
    async setMedia(addresses) {
      await Promise.all(
        hosts.map((host) => changeSimConfigs(facts, host.plan, hostDir(state, host.name), { media: [...addresses] })),
      );
    },
    async scenario(name) {
      if (!isScenarioName(name)) throw new Error(`no scenario ${name}; there are ${Object.keys(scenarios).join(', ')}`);
      await lab.heal();
      const problem = scenarios[name].problem?.(lab);
      if (problem) throw new Error(`${name} is not possible here: ${problem}`);
      // Remembered first: a scenario that fails half-way is healed all the same.
      remember(name);
      await scenarios[name].apply(lab);
      return scenarios[name].expect;
    },
    async heal() {
      const name = current();
      if (!name) return;
      await openFirewall(state.octet);
      await scenarios[name].heal(lab);
      remember(null);
    },
    stop: () => destroy(state),
  };
  return lab;
}

/** A lab that another process started, by its state file. */
export function attachLab(name: string): Lab {
  const state = readState(name);
  if (!state) throw new Error(`no lab named ${name} is running`);
  if (!state.ready) throw new Error(`the lab ${name} has not finished starting`);
  const facts = factsOf(state);
  return makeLab(state, facts, hostsOf(state, facts));
}
