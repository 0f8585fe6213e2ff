import type { Lab } from '@/lab/lab';
import { until } from '@/lab/machine/process';

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
