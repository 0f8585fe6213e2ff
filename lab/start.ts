import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { capabilities } from '@/lab/capabilities';
import { destroy, destroyStale } from '@/lab/cleanup';
import { livekitNodes, redisMaster } from '@/lab/deployment/cluster';
import { newSecrets } from '@/lab/deployment/secrets';
import { makeBalancer, makeHost, treeOf, factsOf } from '@/lab/host/host-files';
import { hostsOf, makeLab, type Lab } from '@/lab/lab';
import { powerOn, untilReady } from '@/lab/machine/namespace';
import { bootId, identify, must, until } from '@/lab/machine/process';
import { labOptions, type LabOptions, type ResolvedOptions } from '@/lab/options';
import { planLab, PORTS, type Role } from '@/lab/plan';
import {
  claimOctet,
  dirOf,
  listStates,
  readState,
  releaseOctet,
  writeState,
  type Account,
  type Capabilities,
  type LabState,
} from '@/lab/state';

const isFree = (host: string, port: number) =>
  new Promise<boolean>((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve(true)));
  });

/** Milliseconds that one step of a start may take on a machine that has much else to do. */
const SLOW = 90_000;

/** An octet that no lab of this user holds and whose first ports nobody listens on (another user's lab, say). */
async function takeOctet(wanted: number | undefined): Promise<number> {
  const taken = new Set(listStates().map((state) => state.octet));
  const candidates = wanted === undefined ? Array.from({ length: 178 }, (_, i) => 77 + i) : [wanted];
  for (const octet of candidates) {
    const plan = planLab(octet, 1);
    if (taken.has(octet) || !claimOctet(octet)) continue;
    const free = await Promise.all([
      isFree(plan.balancer, PORTS.caddy),
      ...plan.masters.map((master) => isFree(master.address, PORTS.redis)),
    ]);
    if (free.every(Boolean)) return octet;
    releaseOctet(octet);
  }
  throw new Error(wanted === undefined ? 'no free network from 127.77.0.0 on' : `127.${wanted}.0.0 is in use by another lab`);
}

async function makeAccounts(dir: string, observer: boolean): Promise<{ accounts: Account[]; observerPassword: string | null }> {
  const key = join(dir, 'id_ed25519');
  await must('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'lab', '-f', key]);
  const publicKey = readFileSync(`${key}.pub`, 'utf8').trim();
  const accounts: Account[] = [{ name: 'root', uid: 0, home: '/root', publicKey, passwordHash: '*' }];
  if (!observer) return { accounts, observerPassword: null };
  const observerPassword = randomBytes(9).toString('base64url');
  const passwordHash = (await must('openssl', ['passwd', '-6', '-stdin'], { input: `${observerPassword}\n` })).trim();
  accounts.push({ name: 'observer', uid: 2000, home: '/home/observer', publicKey, passwordHash });
  return { accounts, observerPassword };
}

/**
 * Builds and starts a whole deployment; resolves when every LiveKit serves and the balancer answers. Labs that were left behind
 * are ended first. `say` gets progress lines; `signal` gives the start up. On failure everything started is ended and the error says which part failed.
 */
export async function startLab(
  given: LabOptions = {},
  say: (line: string) => void = () => undefined,
  signal: AbortSignal = new AbortController().signal,
): Promise<Lab> {
  const options = labOptions.parse(given);
  for (const name of await destroyStale()) say(`ended the lab ${name}, which its starter had left behind`);
  const capable = await capabilities(options, say);
  const octet = await takeOctet(options.octet);
  const name = options.name ?? `lab-${octet}`;
  if (readState(name)) {
    releaseOctet(octet);
    throw new Error(`a lab named ${name} is running already`);
  }
  const state = newState(name, octet, options, capable);
  writeState(state);
  try {
    const aborted = new Promise<never>((_, reject) =>
      signal.addEventListener('abort', () => reject(new Error('the start was given up')), { once: true }),
    );
    return await Promise.race([build(state, capable, say, signal), aborted]);
  } catch (error) {
    if (!process.env.SIGNALBOX_LAB_KEEP) await destroy(state);
    throw error;
  }
}

function newState(name: string, octet: number, options: ResolvedOptions, capable: Capabilities): LabState {
  return {
    version: 1,
    name,
    octet,
    token: randomBytes(16).toString('hex'),
    bootId: bootId(),
    owner: options.detached ? null : (identify(process.pid) ?? null),
    startedAt: new Date().toISOString(),
    options,
    secrets: newSecrets(),
    ssh: { port: options.sshPort ?? (capable.asRoot ? 22 : 2222), observerPassword: null },
    accounts: [],
    capable,
    hosts: {},
    scenario: null,
    ready: false,
  };
}

async function build(state: LabState, capable: Capabilities, say: (line: string) => void, signal: AbortSignal): Promise<Lab> {
  const plan = planLab(state.octet, state.options.media);
  const dir = dirOf(state.name);
  const { accounts, observerPassword } = await makeAccounts(dir, capable.sudo);
  state.ssh.observerPassword = observerPassword;
  state.accounts = accounts;
  const facts = factsOf(state);
  writeState(state);
  const hostDir = (name: string) => join(dir, 'hosts', name);
  const hosts = hostsOf(state, facts);
  say(`building lab ${state.name} on 127.${state.octet}.0.0: ${plan.masters.length} masters, ${plan.media.length} media nodes`);
  await Promise.all(hosts.map((host) => makeHost(facts, host.plan, hostDir(host.name))));
  makeBalancer(facts, hostDir('balancer'));
  const balancer = treeOf(hostDir('balancer'), 'balancer', state.token, capable);
  const masters = plan.masters.map((master) => master.address);
  const password = state.secrets.redisPassword;

  // From here on every host is spawned at once, so that whoever ends the lab finds them all.
  signal.throwIfAborted();
  const booting = new Map(hosts.map((host) => [host, host.bootOnly()]));
  const startProduct = (role: Role) =>
    Promise.all(
      [...booting].map(async ([host, booted]) => {
        await booted;
        if (host.role === role) await host.systemctl('start');
      }),
    );
  const balancing = powerOn(balancer).then(async (namespace) => {
    state.hosts.balancer = namespace;
    writeState(state);
    await untilReady(balancer);
  });
  // The product's own order: all masters, then the media nodes. LiveKit ends when Redis does not answer within 200 ms.
  const masterStart = startProduct('master').then(() =>
    until('Redis behind its Sentinels', () => redisMaster(masters, password), SLOW),
  );
  await Promise.all([balancing, masterStart.then(() => startProduct('media'))]);
  say('every host is up; waiting for LiveKit and the balancer');
  await until(
    'every LiveKit to serve',
    async () => {
      const nodes = await livekitNodes(masters, password).catch(() => []);
      return nodes.filter((node) => node.state === 'serving' && node.ageSeconds < 5).length >= plan.media.length || undefined;
    },
    SLOW,
  );
  const front = capable.haproxy ? [plan.balancer] : [];
  await Promise.all([...masters, ...front].map(reachesLivekit));
  state.ready = true;
  writeState(state);
  return makeLab(state, facts, hosts);
}

/** Caddy learns of the media nodes by its own checks, so each master and the balancer is asked for what LiveKit answers. */
const reachesLivekit = (address: string) =>
  until(
    `LiveKit through ${address}`,
    () =>
      fetch(`http://${address}:${PORTS.caddy}/`, { signal: AbortSignal.timeout(2000) }).then(
        (response) => response.ok || undefined,
        () => undefined,
      ),
    SLOW,
  );
