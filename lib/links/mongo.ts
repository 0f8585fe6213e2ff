import type { Duplex } from 'node:stream';
import { deserialize, serialize } from 'bson';
import type { MongoReading } from '@/lib/rules/readings';
import { hostPort } from '@/lib/rules/secret-endpoint';
import type { Dial } from './dial';
import { asLinkError, BadAnswer, LostConnection, Unreachable } from './errors';

const OP_MSG = 2013;
const ANSWER_LIMIT = 256 * 1024;

/** Asks every member apart; `hello` needs no log-in. Never throws: what failed stands beside the member. */
export async function readMongo(target: {
  members: string[];
  port: number;
  dial: Dial;
  timeoutMs?: number;
}): Promise<MongoReading> {
  const { port, dial, timeoutMs = 2_000 } = target;
  const asked = await Promise.all(
    target.members.map(async (address) => {
      try {
        return { address, hello: await hello(address, port, dial, timeoutMs), error: null };
      } catch (error) {
        return { address, hello: null, error: asLinkError(error, `Mongo at ${hostPort(address, port)}`).message };
      }
    }),
  );
  const answers = asked.flatMap((a) => (a.hello ? [a.hello] : []));
  const primaries = asked.filter((a) => a.hello?.state === 'primary');
  const sets = answers.map((h) => h.hosts.length).filter((n) => n > 0);
  return {
    members: asked.map(({ address, hello: h, error }) => ({ address, answered: h !== null, error, state: h?.state ?? null })),
    // A deposed primary may not know yet: the newer election counts.
    primary: primaries.toSorted((a, b) => (b.hello?.election ?? 0) - (a.hello?.election ?? 0))[0]?.address ?? null,
    voters: sets.length > 0 ? Math.max(...sets) : null,
  };
}

type Hello = { state: 'primary' | 'secondary' | 'other'; hosts: string[]; election: number };

async function hello(address: string, port: number, dial: Dial, timeoutMs: number): Promise<Hello> {
  const what = `Mongo at ${hostPort(address, port)}`;
  const stream = await dial(address, port, timeoutMs);
  try {
    const reply = await request(stream, { hello: 1, $db: 'admin' }, what, timeoutMs);
    if (reply.ok !== 1) throw new BadAnswer(`${what} refused hello.`);
    return {
      state: reply.isWritablePrimary === true ? 'primary' : reply.secondary === true ? 'secondary' : 'other',
      // `hosts` are the electable members; arbiters vote too, passives do as well.
      hosts: [reply.hosts, reply.passives, reply.arbiters].flatMap((l) => (Array.isArray(l) ? l.map(String) : [])),
      election: electionOf(reply.electionId),
    };
  } finally {
    stream.destroy();
  }
}

/** One OP_MSG there, one back (MongoDB wire protocol): header of four int32, flags, then section 0, a BSON document. */
function request(stream: Duplex, command: object, what: string, timeoutMs: number): Promise<Record<string, unknown>> {
  const body = serialize(command);
  const message = Buffer.alloc(21 + body.length);
  message.writeInt32LE(message.length, 0);
  message.writeInt32LE(1, 4);
  message.writeInt32LE(OP_MSG, 12);
  message.set(body, 21);
  return new Promise((resolve, reject) => {
    let held = Buffer.alloc(0);
    const timer = setTimeout(() => reject(new Unreachable(`${what} did not answer in time.`)), timeoutMs);
    const settle = (act: () => void) => {
      clearTimeout(timer);
      act();
    };
    stream.on('error', (error) => settle(() => reject(asLinkError(error, what))));
    stream.once('close', () => settle(() => reject(new LostConnection(`${what} cut its answer short.`))));
    stream.on('data', (chunk: Buffer) => {
      held = Buffer.concat([held, chunk]);
      const length = held.length >= 4 ? held.readInt32LE(0) : 0;
      if (held.length >= 4 && (length < 26 || length > ANSWER_LIMIT))
        return settle(() => reject(new BadAnswer(`${what} does not speak MongoDB's protocol.`, 'Is this the port of Mongo?')));
      if (length === 0 || held.length < length) return;
      settle(() => {
        try {
          if (held.readInt32LE(12) !== OP_MSG || held[20] !== 0) throw new Error('another message');
          resolve(deserialize(held.subarray(21, length)));
        } catch {
          reject(new BadAnswer(`${what} gave an answer that is not understood.`));
        }
      });
    });
    stream.write(message);
  });
}

/** The last four bytes of an electionId count the elections. */
function electionOf(id: unknown): number {
  const hex =
    id && typeof id === 'object' && 'toHexString' in id && typeof id.toHexString === 'function' ? String(id.toHexString()) : '';
  return hex === '' ? 0 : Number.parseInt(hex.slice(-8), 16);
}
