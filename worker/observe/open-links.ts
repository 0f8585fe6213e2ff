import { type Dial, dialAuto, dialDirect, dialThrough } from '@/lib/links/dial';
import { LinkError } from '@/lib/links/errors';
import { type Probe as ProbeTarget, probeHttp, probeThrough } from '@/lib/links/http';
import { openLivekit } from '@/lib/links/livekit';
import { readMongo } from '@/lib/links/mongo';
import { openRedis } from '@/lib/links/redis';
import { openNodeStream } from '@/lib/links/stream';
import { livekitTarget, probesOf, redisTarget } from '@/lib/links/targets';
import { readDetected } from '@/lib/platforms/onprem/detected';
import type { Detected } from '@/lib/rules/detected';
import { FRESHNESS } from '@/lib/rules/freshness';
import type { HttpReading } from '@/lib/rules/readings';
import { discreet } from './discreet';
import type { Inventory, Links, NodeAddress, NodeStream, OpenLinks, StreamHandlers } from './links';
import { Shells } from './shells';

const DIRECT_PROBE_MS = 1_500;

/** The real ways to a deployment, from its settings and opened secrets. Nothing is opened before it is needed. */
export const openLinks: OpenLinks = (inventory) => {
  const { settings, secrets, unopened } = inventory;
  const shells = new Shells(inventory);
  const dial = dialOf(settings, shells);
  const redis = openRedis(redisTarget(settings, secrets, dial));
  const api = livekitTarget(settings, secrets);
  const livekit = api && openLivekit({ ...api, timeoutMs: FRESHNESS.livekit.timeoutMs });
  const masters = settings.masters.length > 0;
  const withRedis = async <T>(read: () => Promise<T>): Promise<T> => {
    const lost = unopened.redisPassword ?? unopened.sentinelPassword;
    if (lost) throw new Error(`The stored Redis password cannot be used: ${lost}.`);
    return said(read());
  };
  const probes = new Probes(inventory, shells);

  const links: Links = {
    configured: {
      redis: masters,
      presence: masters,
      sentinel: masters,
      mongo: masters,
      livekit: livekit !== null || unopened.livekitApiSecret !== undefined,
      stream: settings.ssh !== null,
      http: masters || inventory.nodes.length > 0,
    },
    redis: () => withRedis(() => redis.read()),
    presence: (rooms) => withRedis(() => redis.presence(rooms)),
    sentinel: () => withRedis(() => redis.sentinel()),
    mongo: async () => {
      const reading = await said(readMongo({ members: settings.masters, port: settings.ports.mongo, dial }));
      if (reading.members.every((m) => !m.answered)) throw new Error(reading.members[0]?.error ?? 'no member answered');
      return reading;
    },
    livekit: async (signal) => {
      if (!livekit)
        throw new Error(`The stored LiveKit API secret cannot be used: ${unopened.livekitApiSecret ?? 'it is missing'}.`);
      return said(livekit.read(signal));
    },
    configFiles: (signal) => configFiles(settings, shells, signal),
    http: (node, names, signal) => probes.ask(node, names, signal),
    stream: (node, handlers) => stream(inventory, shells, node, handlers),
    close: async () => {
      redis.close();
      shells.close();
    },
  };
  return discreet(links, secrets);
};

function dialOf(settings: Inventory['settings'], shells: Shells): Dial {
  const tunnel = dialThrough(() => shells.now());
  if (settings.redisVia === 'direct' || settings.ssh === null) return dialDirect;
  return settings.redisVia === 'tunnel' ? tunnel : dialAuto(tunnel);
}

/** What failed and what to do, as one text: signals show it. */
async function said<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    throw new Error(wordsOf(error));
  });
}

function wordsOf(error: unknown): string {
  if (error instanceof LinkError) return error.advice ? `${error.message} ${error.advice}` : error.message;
  return error instanceof Error ? error.message : String(error);
}

/** A master that is connected already is asked first. @throws why the last one could not be read */
async function configFiles(settings: Inventory['settings'], shells: Shells, signal: AbortSignal): Promise<Detected> {
  const reading = { mode: settings.ssh?.mode ?? 'full', installDir: settings.installDir };
  const connected = (address: string) => (shells.has(address) ? 0 : 1);
  let why: unknown = new LinkError('No master addresses are given.');
  for (const address of settings.masters.toSorted((a, b) => connected(a) - connected(b))) {
    signal.throwIfAborted();
    try {
      return await readDetected(await shells.to(address), reading, signal);
    } catch (error) {
      why = error;
    }
  }
  throw why;
}

function stream({ settings }: Inventory, shells: Shells, node: NodeAddress, handlers: StreamHandlers): NodeStream {
  const abort = new AbortController();
  let poke: () => void = () => undefined;
  let close: () => void = () => undefined;
  const begin = async () => {
    const shell = await shells.to(node.address);
    if (abort.signal.aborted) return;
    const opened = await openNodeStream(
      shell,
      {
        mode: settings.ssh?.mode ?? 'full',
        intervalSeconds: FRESHNESS.stream.everyMs / 1000,
        installDir: settings.installDir,
        address: node.address,
        egressHealth: settings.ports.egressHealth,
        ingressHealth: settings.ports.ingressHealth,
      },
      { onReading: handlers.tick, onEvent: handlers.event, onEnd: (error) => handlers.end(error ? wordsOf(error) : 'closed') },
      abort.signal,
    );
    poke = () => opened.poke();
    close = () => opened.close();
  };
  begin().catch((error: unknown) => handlers.end(wordsOf(error)));
  return {
    poke: () => poke(),
    close: () => {
      abort.abort();
      close();
    },
  };
}

/** Direct where the ports are open to us; else from the node itself, whose inner ports are open between nodes only. */
class Probes {
  private readonly through = new Set<string>();

  constructor(
    private readonly inventory: Inventory,
    private readonly shells: Shells,
  ) {}

  async ask(node: NodeAddress, names: HttpReading['probe'][], signal: AbortSignal): Promise<HttpReading[]> {
    const { ports } = this.inventory.settings;
    const targets = probesOf(node.role, node.address, ports).filter((p) => names.includes(p.probe));
    const shell = this.shells.has(node.address);
    if (this.through.has(node.id) && shell) {
      const readings = await this.fromNode(node, targets, signal);
      if (readings) return readings;
    }
    const direct = await Promise.all(
      targets.map((t) => probeHttp(t, { timeoutMs: DIRECT_PROBE_MS, tls: this.inventory.settings.tls })),
    );
    const mute = targets.filter((_, i) => direct[i]?.outcome === 'timeout' || direct[i]?.outcome === 'unreachable');
    if (mute.length === 0 || !this.shells.has(node.address)) return direct;
    const inner = await this.fromNode(node, mute, signal);
    if (!inner) return direct;
    if (mute.length === targets.length && inner.some((r) => r.outcome === 'answered')) this.through.add(node.id);
    return direct.map((r) => inner.find((x) => x.probe === r.probe) ?? r);
  }

  /** null: the node could not be asked either, which says nothing of its ports. */
  private async fromNode(node: NodeAddress, targets: ProbeTarget[], signal: AbortSignal): Promise<HttpReading[] | null> {
    const shell = this.shells.has(node.address);
    if (!shell) return null;
    return probeThrough(shell, targets, { timeoutSeconds: 2, signal }).catch(() => {
      this.through.delete(node.id);
      return null;
    });
  }
}
