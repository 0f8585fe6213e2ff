import type { Lab } from '@/lab/lab';
import { until } from '@/lab/machine/process';
import { PORTS } from '@/lab/plan';

/** A media host has a fresh, serving entry in Redis and pub/sub presence. */
export const servesAgain = (lab: Lab, host: string, bound = 30_000) =>
  until(
    `${host} to serve again`,
    async () => {
      const node = await lab.livekit(host).catch(() => undefined);
      if (!node || node.state !== 'serving' || node.ageSeconds > 4) return undefined;
      return (await lab.livekitPresence().catch((): string[] => [])).includes(node.id) || undefined;
    },
    bound,
  );

export const everyMediaServes = (lab: Lab, bound = 60_000) =>
  Promise.all(lab.plan.media.map((media) => servesAgain(lab, media.name, bound)));

/** The Sentinels name a Redis master other than `before`, and it answers. */
export const otherRedisMaster = (lab: Lab, before: string | undefined, bound = 40_000) =>
  until(
    'the Sentinels to choose another Redis master',
    async () => {
      const now = await lab.redisMaster();
      return now !== undefined && now !== before ? now : undefined;
    },
    bound,
  );

/** The named host that holds the Redis master now. */
export async function redisMasterHost(lab: Lab): Promise<string> {
  const address = await lab.redisMaster();
  const host = lab.plan.masters.find((master) => master.address === address);
  if (!host) throw new Error(`the Redis master ${address ?? '(none)'} is no host of this lab`);
  return host.name;
}

/** The newest heartbeat of a media host is older than LiveKit's own limit of 5 s. */
export const heartbeatIsStale = (lab: Lab, host: string, bound = 20_000) =>
  until(
    `the heartbeat of ${host} to go stale`,
    async () => {
      const node = await lab.livekit(host).catch(() => undefined);
      return (node && node.ageSeconds >= 5) || undefined;
    },
    bound,
  );

export const masterAnswers = (address: string, bound = 30_000) =>
  until(
    `Caddy on ${address}`,
    () =>
      fetch(`http://${address}:${PORTS.caddy}/health/caddy`, { signal: AbortSignal.timeout(1000) }).then(
        (response) => response.ok || undefined,
        () => undefined,
      ),
    bound,
  );
