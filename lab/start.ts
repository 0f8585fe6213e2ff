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
import { planLab, PORTS } from '@/lab/plan';
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
  const redisIsUp = until('Redis behind its Sentinels', () => redisMaster(masters, password), 60_000);
  // The media nodes' tasks look at it too; its failure is reported where it is awaited.
  redisIsUp.catch(() => undefined);
  await Promise.all([
    powerOn(balancer).then(async (namespace) => {
      state.hosts.balancer = namespace;
      writeState(state);
      await untilReady(balancer);
    }),
    ...hosts.map(async (host) => {
      await host.bootOnly();
      // LiveKit ends when it finds no Redis, and would only be restarted by the engine some time later.
      if (host.role === 'media') await redisIsUp;
      await host.systemctl('start');
    }),
  ]);
  say('every host is up; waiting for LiveKit and the balancer');
  await until('every LiveKit to serve', async () => {
    const nodes = await livekitNodes(masters, password).catch(() => []);
    return nodes.filter((node) => node.state === 'serving' && node.ageSeconds < 5).length >= plan.media.length || undefined;
  });
  const front = capable.haproxy ? plan.balancer : plan.masters[0]?.address;
  await until('the load balancer to reach a LiveKit', () =>
    fetch(`http://${front}:${PORTS.caddy}/`, { signal: AbortSignal.timeout(2000) }).then(
      (response) => response.ok || undefined,
      () => undefined,
    ),
  );
  state.ready = true;
  writeState(state);
  return makeLab(state, facts, hosts);
}
