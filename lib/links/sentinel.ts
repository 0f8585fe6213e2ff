import type { Redis } from 'ioredis';
import type { SentinelReading } from '@/lib/rules/readings';
import { hostPort } from '@/lib/rules/secret-endpoint';
import { LinkError, Unreachable } from './errors';
import type { RedisTarget } from './redis';
import { connectRedis, redisError, type RedisEndpoint } from './redis-connection';

type Flags = Map<string, string>;
/** What one sentinel says. */
type Answer = { master: Flags; replicas: Flags[]; canElect: boolean };
type Asked = { address: string; answer: Answer | null; error: LinkError | null };

/** The sentinels of a deployment, one connection each, each failing alone. */
export class Sentinels {
  private readonly connections = new Map<string, Promise<Redis>>();
  private masterName: string | null;
  private readonly timeoutMs: number;

  constructor(private readonly target: RedisTarget) {
    this.masterName = target.masterName;
    this.timeoutMs = target.timeoutMs ?? 1_500;
  }

  /** Where most sentinels see the master; returns as soon as a majority of all agrees. @throws LinkError */
  async master(): Promise<RedisEndpoint> {
    const { masters } = this.target;
    if (masters.length === 0) throw new LinkError('No master address is known.', 'Add the addresses of the 4 master nodes.');
    const votes = new Map<string, number>();
    const errors: LinkError[] = [];
    return new Promise((resolve, reject) => {
      let open = masters.length;
      const best = () => [...votes].toSorted((a, b) => b[1] - a[1])[0];
      for (const address of masters) {
        this.masterBy(address)
          .then((endpoint) => {
            const key = JSON.stringify(endpoint);
            votes.set(key, (votes.get(key) ?? 0) + 1);
            if ((votes.get(key) ?? 0) > masters.length / 2) resolve(endpoint);
          })
          .catch((error: unknown) => errors.push(redisError(error, this.what(address))))
          .finally(() => {
            open -= 1;
            if (open > 0) return;
            const winner = best();
            if (winner) resolve(JSON.parse(winner[0]) as RedisEndpoint);
            else reject(noneAnswered(errors));
          });
      }
    });
  }

  async read(): Promise<SentinelReading> {
    const { masters } = this.target;
    const asked = await Promise.all(masters.map((address) => this.ask(address)));
    const answers = asked.flatMap((a) => (a.answer ? [a.answer] : []));
    if (answers.length === 0) throw noneAnswered(asked.flatMap((a) => (a.error ? [a.error] : [])));
    const master = mostCommon(answers.map((a) => endpointText(a.master)));
    return {
      masterName: this.masterName ?? '',
      master,
      peers: asked.map((peer) => ({
        address: peer.address,
        answered: peer.answer !== null,
        error: peer.error?.message ?? null,
        ...verdict(peer.address, answers, master),
      })),
      canElect: answers.some((a) => a.canElect),
      configEpoch: Math.max(...answers.map((a) => Number(a.master.get('config-epoch') ?? 0))),
    };
  }

  /** Addresses of all Redis servers that any sentinel knows. @throws LinkError */
  async addresses(): Promise<string[]> {
    const asked = await Promise.all(this.target.masters.map((address) => this.ask(address)));
    const answers = asked.flatMap((a) => (a.answer ? [a.answer] : []));
    if (answers.length === 0) throw noneAnswered(asked.flatMap((a) => (a.error ? [a.error] : [])));
    return [...new Set(answers.flatMap((a) => [a.master, ...a.replicas]).flatMap((f) => f.get('ip') || []))].toSorted();
  }

  close(): void {
    for (const connection of this.connections.values()) connection.then((redis) => redis.disconnect()).catch(() => undefined);
    this.connections.clear();
  }

  private what(address: string) {
    return `Sentinel at ${hostPort(address, this.target.ports.sentinel)}`;
  }

  private async ask(address: string): Promise<Asked> {
    try {
      const answer = await this.withSentinel(address, async (redis) => {
        const name = await this.name(redis);
        const [master, replicas, quorum] = await Promise.all([
          redis.call('SENTINEL', 'MASTER', name),
          redis.call('SENTINEL', 'REPLICAS', name),
          redis.call('SENTINEL', 'CKQUORUM', name).then(
            () => true,
            (error: Error) => (/NOQUORUM/.test(error.message) ? false : Promise.reject(error)),
          ),
        ]);
        return { master: flags(master), replicas: list(replicas).map(flags), canElect: quorum };
      });
      return { address, answer, error: null };
    } catch (error) {
      return { address, answer: null, error: redisError(error, this.what(address)) };
    }
  }

  private masterBy(address: string): Promise<RedisEndpoint> {
    return this.withSentinel(address, async (redis) => {
      const name = await this.name(redis);
      const [host, port] = list(await redis.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name)).map(String);
      if (!host || !port) throw new LinkError(`${this.what(address)} does not know a master named ${name}.`, 'Correct its name.');
      return { host, port: Number(port) };
    });
  }

  private async name(redis: Redis): Promise<string> {
    if (this.masterName) return this.masterName;
    const names = list(await redis.call('SENTINEL', 'MASTERS')).map((m) => flags(m).get('name'));
    const [name] = names;
    if (!name) throw new LinkError('Sentinel watches no master.', 'Is this the Sentinel of the deployment?');
    return (this.masterName = name);
  }

  private async withSentinel<T>(address: string, ask: (redis: Redis) => Promise<T>): Promise<T> {
    const connection = this.connections.get(address) ?? this.connect(address);
    this.connections.set(address, connection);
    try {
      return await ask(await connection);
    } catch (error) {
      if (this.connections.get(address) === connection) this.connections.delete(address);
      connection.then((redis) => redis.disconnect()).catch(() => undefined);
      throw error;
    }
  }

  private connect(address: string): Promise<Redis> {
    const { dial, sentinelPassword, password, ports } = this.target;
    return connectRedis(
      { host: address, port: ports.sentinel },
      { dial, password: sentinelPassword ?? password, timeoutMs: this.timeoutMs },
    );
  }
}

function verdict(address: string, answers: Answer[], master: string | null) {
  const isHere = (f: Flags) => f.get('ip') === address;
  const opinions = answers.flatMap((a) => {
    const known = isHere(a.master) ? a.master : a.replicas.find(isHere);
    return known ? [/(^|,)s_down(,|$)/.test(known.get('flags') ?? '')] : [];
  });
  const votesDown = opinions.filter(Boolean).length;
  const isMaster = master !== null && answers.some((a) => isHere(a.master) && endpointText(a.master) === master);
  const isReplica = answers.some((a) => a.replicas.some(isHere));
  const role: 'master' | 'replica' | null = isMaster ? 'master' : isReplica ? 'replica' : null;
  return { role, sDown: opinions.length === 0 ? null : votesDown > opinions.length / 2, votesDown };
}

const endpointText = (f: Flags) => hostPort(f.get('ip') ?? '', Number(f.get('port') ?? 0));

function mostCommon(values: string[]): string | null {
  const count = (v: string) => values.filter((other) => other === v).length;
  return values.toSorted((a, b) => count(b) - count(a))[0] ?? null;
}

function noneAnswered(errors: LinkError[]): LinkError {
  const bad = errors.find((e) => !e.silent) ?? errors[0];
  if (bad && !bad.silent) return bad;
  return new Unreachable(
    `No Sentinel answered: ${bad?.message ?? 'none is known.'}`,
    'Open the Sentinel port to Signalbox, or let it go through SSH.',
  );
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** RESP2 gives maps as flat lists of name and value. */
function flags(value: unknown): Flags {
  const flat = list(value).map(String);
  return new Map(flat.flatMap((v, i) => (i % 2 === 0 ? [[v, flat[i + 1] ?? ''] as const] : [])));
}
