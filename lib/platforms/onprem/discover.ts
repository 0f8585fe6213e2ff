import { Address, Ports } from '@/lib/contract/inventory';
import { dialAuto, dialThrough } from '@/lib/links/dial';
import { asLinkError, type HostKeyFacts, HostKeyUnknown, LinkError } from '@/lib/links/errors';
import { openRedis } from '@/lib/links/redis';
import { scripts } from '@/lib/links/scripts';
import { openShell, type Shell } from '@/lib/links/shell';
import { redisTarget, type Secrets, sshTarget } from '@/lib/links/targets';
import type { RedisReading } from '@/lib/rules/readings';
import { hostPort } from '@/lib/rules/secret-endpoint';
import type { DiscoverRequest, Found, Report } from '../platform';
import { inBatches, runStep } from '../step';
import { detectedIn, envOf } from './detected';
import { chooseLivekitUrl } from './livekit-url';
import { mastersOf, type NodeFiles, parseNodeFiles } from './node-files';

/** A node whose heartbeat is older than this when it is found is not taken over: dead ones linger in Redis for weeks. */
const FOUND_FRESH_MS = 30_000;

/**
 * Reads one master (env files of either layout, images), then Redis through that node, and shows the host keys of all others
 * for confirmation. A key that nobody has confirmed ends it early, with that key in the result.
 */
export async function discover(request: DiscoverRequest, report: Report, signal: AbortSignal): Promise<Found> {
  const found: Found = {
    settings: {
      ssh: { user: request.user, auth: request.auth, mode: request.mode, jump: request.jump },
      installDir: request.installDir,
    },
    mediaNodes: [],
    detected: { version: null, modules: [], configLayout: null, rtcEngine: null },
    secrets: {},
    hostKeys: [],
    notes: [],
  };
  const shell = await logIn(request, report, found, signal);
  if (!shell) return found;
  try {
    const masters = await readFiles(shell, request, report, found, signal);
    const redis = await readRedis(shell, masters, request, report, found);
    found.settings.ports = Ports.parse({ ssh: request.port });
    await Promise.all([showHostKeys(request, report, found, signal), chooseLivekitUrl(found, report, redis !== null, signal)]);
    return found;
  } finally {
    shell.close();
  }
}

const sshOf = (request: DiscoverRequest) => ({
  ssh: { user: request.user, auth: request.auth, mode: request.mode, jump: request.jump },
  ports: { ssh: request.port },
});

/** null: the host key must be confirmed first. @throws LinkError */
async function logIn(request: DiscoverRequest, report: Report, found: Found, signal: AbortSignal): Promise<Shell | null> {
  const { address } = request;
  const endpoint = hostPort(address, request.port);
  const pin = request.confirmHostKeys.find((k) => k.endpoint === endpoint);
  const result = await runStep(report, { key: `ssh:${address}`, label: `SSH to ${address}` }, async () => {
    const shell = await openShell(sshTarget(sshOf(request), request.secrets, request.confirmHostKeys, address), { signal });
    return { value: shell, detail: `Logged in as ${request.user}.` };
  });
  if ('value' in result) {
    if (pin) found.hostKeys.push(...shownBefore(request, result.value));
    return result.value;
  }
  if (!(result.error instanceof HostKeyUnknown)) throw result.error;
  found.hostKeys.push(result.error.hostKey);
  found.notes.push(`Confirm the host key of ${result.error.hostKey.endpoint}, then discover again.`);
  return null;
}

/** Keys that were confirmed to get in are part of the result, so that they are pinned with the rest. */
function shownBefore(request: DiscoverRequest, shell: Shell): HostKeyFacts[] {
  const wanted = new Set([shell.endpoint, ...(request.jump ? [hostPort(request.jump.address, request.jump.port)] : [])]);
  return shell.hostKeys.filter((key) => wanted.has(key.endpoint));
}

async function readFiles(shell: Shell, request: DiscoverRequest, report: Report, found: Found, signal: AbortSignal) {
  const result = await runStep(report, { key: 'config', label: `Config below ${request.installDir}` }, async () => {
    const { code, stdout, stderr } = await shell.run(scripts.readConfig, [request.mode, request.installDir], { signal });
    if (code !== 0) throw new LinkError(`The config cannot be read: ${stderr.slice(0, 200)}`);
    const files = parseNodeFiles(stdout);
    const masters = takeFiles(files, request, found);
    const { version, configLayout } = found.detected;
    return {
      value: masters,
      detail: `OpenVidu ${version ?? 'of an unknown version'}, ${configLayout} layout, ${masters.length} masters.`,
    };
  });
  if ('error' in result) throw result.error;
  return result.value;
}

/** Fills in what the files say. @returns the masters they name */
function takeFiles(node: NodeFiles, request: DiscoverRequest, found: Found): string[] {
  const env = envOf(node);
  if (env === null) throw nothingFound(node, request);
  found.detected = detectedIn(node);
  const given = (key: string) => env.get(key) || null;
  found.settings.domain = given('DOMAIN_NAME') ?? given('DOMAIN_OR_PUBLIC_IP');
  found.settings.livekitApiKey = given('LIVEKIT_API_KEY');
  const url = given('LIVEKIT_URL') ?? (found.settings.domain && `https://${found.settings.domain}`);
  found.settings.livekitUrl = url && /^(https?|wss?):\/\/[^$]+$/.test(url) ? url.replace(/\/+$/, '') : null;
  setSecret(found.secrets, 'livekitApiSecret', given('LIVEKIT_API_SECRET'));
  setSecret(found.secrets, 'redisPassword', given('REDIS_PASSWORD') ?? request.secrets.redisPassword ?? null);
  for (const [file, why] of node.unreadable) found.notes.push(`${file} could not be read: ${why}`);
  return mastersOf(env).filter((a) => Address.safeParse(a).success);
}

function setSecret(secrets: Secrets, kind: keyof Secrets, value: string | null) {
  if (value) secrets[kind] = value;
}

function nothingFound(node: NodeFiles, { address, installDir, mode }: DiscoverRequest): LinkError {
  if ([...node.files.keys()].some((name) => name.includes('media')))
    return new LinkError(`${address} is a media node.`, 'Give the address of a master node: the shared config is only there.');
  if (node.unreadable.size > 0)
    return new LinkError(
      `The config below ${installDir} cannot be read.`,
      mode === 'readonly' ? 'Add the sudoers lines for discovery, or use full mode for it.' : 'Use root, or a user with sudo.',
    );
  return new LinkError(
    `There is no OpenVidu config below ${installDir}.`,
    'Is this a master node, and is the install folder right?',
  );
}

async function readRedis(shell: Shell, masters: string[], request: DiscoverRequest, report: Report, found: Found) {
  const ports = Ports.parse({});
  // The master that was given is one of them even where the files name none.
  const known = masters.length > 0 ? masters : [request.address];
  const target = redisTarget(
    { masters: known, ports, sentinelMasterName: null, redisDb: 0 },
    { ...found.secrets, sentinelPassword: request.secrets.sentinelPassword },
    dialAuto(dialThrough(() => [shell])),
  );
  const link = openRedis(target);
  const result = await runStep<RedisReading>(report, { key: 'redis', label: 'Redis through Sentinel' }, async () => {
    const sentinel = await link.sentinel();
    found.settings.sentinelMasterName = sentinel.masterName;
    if (masters.length === 0) masters.push(...(await link.masterAddresses()));
    const reading = await link.read();
    return { value: reading, detail: `Master ${reading.master}, ${reading.nodes.length} media nodes known.` };
  });
  link.close();
  found.settings.masters = masters.length === 4 ? masters : [];
  if (masters.length !== 4) found.notes.push(`${masters.length} masters were found; an HA deployment has 4. Give the addresses.`);
  if ('error' in result) {
    found.notes.push('Media nodes are not known: Redis could not be read.');
    return null;
  }
  takeNodes(result.value, found);
  return result.value;
}

function takeNodes({ nodes, time }: RedisReading, found: Found) {
  const fresh = nodes.filter((n) => n.updatedAt !== null && time - n.updatedAt < FOUND_FRESH_MS);
  found.mediaNodes = [...new Set(fresh.map((n) => n.ip))].toSorted().map((address) => ({ address }));
  if (fresh.length < nodes.length)
    found.notes.push(`Media nodes that no longer report were left out (${nodes.length - fresh.length}).`);
}

/** The keys of all other nodes, without logging in there: no credential goes to a host nobody has confirmed. */
async function showHostKeys(request: DiscoverRequest, report: Report, found: Found, signal: AbortSignal) {
  const others = [...(found.settings.masters ?? []), ...found.mediaNodes.map((n) => n.address)].filter(
    (a) => a !== request.address,
  );
  const jumpPins = request.confirmHostKeys.filter(
    (k) => request.jump && k.endpoint === hostPort(request.jump.address, request.jump.port),
  );
  const keys = await inBatches([...new Set(others)], 8, async (address) => {
    const shown: HostKeyFacts[] = [];
    await runStep(report, { key: `ssh:${address}`, label: `Host key of ${address}` }, async () => {
      const target = sshTarget(sshOf(request), request.secrets, jumpPins, address);
      const error = await openShell(target, { signal }).then(
        (shell) => (shell.close(), new LinkError('It logged in without a pinned key.')),
        (e: unknown) => asLinkError(e, address),
      );
      if (!(error instanceof HostKeyUnknown)) throw error;
      shown.push(error.hostKey);
      const { endpoint, algorithm, fingerprint } = error.hostKey;
      return {
        value: null,
        detail: `${algorithm} ${fingerprint}`,
        hostKey: { endpoint, algorithm, fingerprint, state: 'new' as const },
      };
    });
    return shown;
  });
  found.hostKeys.push(...keys.flat());
}
