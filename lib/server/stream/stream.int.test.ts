import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createDeployment } from '@/lib/core/inventory/create-deployment';
import { systemContext } from '@/lib/core/context';
import { StreamMessage } from '@/lib/contract/events';
import { DEPLOYMENT, testWeb, type Web } from '@/test/web';
import { StreamHub } from './hub';

let web: Web;
let token: string;
let deploymentId: string;
const open: Reader[] = [];
beforeAll(async () => {
  web = await testWeb();
  await web.administrator();
  token = await web.token('read');
  deploymentId = (await createDeployment({ ctx: systemContext(web.rt.db), input: DEPLOYMENT })).id;
});
afterEach(async () => {
  for (const reader of open.splice(0)) await reader.close();
});
afterAll(() => web.close());

type Got = { id: string | null; message: StreamMessage };

/** An EventSource that keeps everything. */
class Reader {
  readonly got: Got[] = [];
  ended = false;
  private readonly reader: ReadableStreamDefaultReader<Uint8Array>;
  constructor(body: ReadableStream<Uint8Array>) {
    this.reader = body.getReader();
    void this.read();
    open.push(this);
  }
  private async read() {
    const decoder = new TextDecoder();
    let text = '';
    try {
      for (;;) {
        const { done, value } = await this.reader.read();
        if (done) break;
        text += decoder.decode(value, { stream: true });
        const parts = text.split('\n\n');
        text = parts.pop() ?? '';
        for (const part of parts) if (!part.startsWith(':')) this.got.push(parse(part));
      }
    } catch {
      // dropped
    }
    this.ended = true;
  }
  get events(): bigint[] {
    return this.got.filter((g) => g.message.type === 'event' || g.message.type === 'delta').map((g) => BigInt(g.id ?? -1));
  }
  types() {
    return this.got.map((g) => g.message.type);
  }
  close = () => this.reader.cancel().catch(() => undefined);
}

function parse(part: string): Got {
  const line = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(part)?.[1];
  const message = StreamMessage.parse(JSON.parse(line('data') ?? ''));
  expect(line('event')).toBe(message.type);
  return { id: line('id') ?? null, message };
}

async function connect(after?: bigint, from: { token?: string; cookie?: string } = { token }): Promise<Reader> {
  const answer = await web.fetch('/api/v1/stream', {
    ...from,
    headers: after === undefined ? {} : { 'last-event-id': String(after) },
  });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('cache-control')).toContain('no-transform');
  if (!answer.body) throw new Error('no body');
  return new Reader(answer.body);
}

const until = (condition: () => boolean, timeout = 15_000) => vi.waitUntil(condition, { timeout, interval: 20 });
const append = async (count = 1, row: Record<string, unknown> = {}) => {
  const rows = Array.from({ length: count }, (_, i) => ({
    deployment_id: deploymentId,
    kind: 'node.up',
    sentence: `n ${i}`,
    ...row,
  }));
  const [r] = await web.worker.$queryRaw<{ id: bigint }[]>`SELECT append_event(${JSON.stringify(rows)}::jsonb) AS id`;
  return r?.id ?? 0n;
};
const allIds = async (after: bigint) =>
  (await web.owner.event.findMany({ where: { id: { gt: after } }, orderBy: { id: 'asc' }, select: { id: true } })).map(
    (e) => e.id,
  );

test(
  'no reader skips or repeats an event while many write at once, also readers who come and go',
  { timeout: 90_000 },
  async () => {
    const start = await append();
    const steady = await connect(start);
    const writers = 12;
    const rounds = 40;
    let writing = true;
    const write = async (w: number) => {
      const client = new Client({ connectionString: web.database.workerUrl });
      await client.connect();
      for (let i = 0; i < rounds; i++) {
        await client.query('BEGIN');
        await client.query('SELECT pg_sleep($1)', [Math.random() * 0.02]); // transactions overlap and commit out of order
        await client.query('SELECT append_event($1::jsonb)', [
          JSON.stringify([
            { deployment_id: deploymentId, kind: w % 2 ? 'delta' : 'node.up', data: w % 2 ? { deployment: 'production' } : {} },
          ]),
        ]);
        if (i % 7 === 3) await client.query('SELECT pg_sleep(0.005)'); // and some linger with the lock
        await client.query(i % 10 === 9 ? 'ROLLBACK' : 'COMMIT'); // ids are lost on the way
      }
      await client.end();
    };
    // This one leaves again and again and goes on by Last-Event-ID.
    const restless = (async () => {
      let position = start;
      const seen: bigint[] = [];
      const turn = async (enough: () => boolean, reader: Reader) => {
        await until(() => reader.events.length > 0 || enough());
        await reader.close();
        seen.push(...reader.events);
        position = seen.at(-1) ?? position;
        expect(reader.types()).not.toContain('reset');
      };
      while (writing) await turn(() => !writing, await connect(position));
      const last = await connect(position);
      const rest = await allIds(position);
      await until(() => last.events.length >= rest.length);
      seen.push(...last.events);
      return seen;
    })();
    await Promise.all(Array.from({ length: writers }, (_, w) => write(w)));
    writing = false;
    const expected = await allIds(start);
    expect(expected.length).toBe(writers * rounds * 0.9);
    const late = await connect(start);
    await until(() => steady.events.length >= expected.length && late.events.length >= expected.length);
    expect(steady.events).toEqual(expected);
    expect(late.events).toEqual(expected);
    expect(await restless).toEqual(expected);
  },
);

test('a delta carries the slug of its deployment, an event what happened', async () => {
  const reader = await connect();
  await until(() => reader.types().includes('hello'));
  await append(1, { kind: 'delta', data: { deployment: 'old-slug', removedNodes: ['media-9'] } });
  await append(1, {
    kind: 'node.down',
    severity: 'critical',
    node: 'media-1',
    sentence: 'media-1 is down: the container exited',
  });
  await until(() => reader.events.length === 2);
  const [delta, event] = reader.got.filter((g) => g.message.type === 'delta' || g.message.type === 'event');
  expect(delta?.message).toEqual({ type: 'delta', data: { deployment: 'production', removedNodes: ['media-9'] } });
  expect(event?.message).toMatchObject({ type: 'event', data: { kind: 'node.down', deployment: 'production', node: 'media-1' } });
});

test('clocks come every second while somebody reads, with the source clocks of each deployment', async () => {
  await web.worker.sourceClock.create({ data: { deploymentId, source: 'redis', readAt: new Date(), okAt: new Date() } });
  const reader = await connect();
  await until(() => reader.types().filter((t) => t === 'clocks').length >= 3, 6_000);
  const clocks = reader.got.findLast((g) => g.message.type === 'clocks')?.message;
  expect(clocks).toMatchObject({ deployments: { production: [{ source: 'redis' }] } });
  expect(reader.got.find((g) => g.message.type === 'clocks')?.id).toBeNull();
});

test('a position from which deltas may be missing gets reset and goes on from now; a young or gapless one goes on', async () => {
  const old = await append();
  await append(3, { kind: 'delta', data: { deployment: 'production' } });
  await web.owner.$executeRaw`UPDATE event SET at = now() - interval '10 minutes' WHERE id <= ${old}`;
  const gapless = await connect(old);
  await until(() => gapless.events.length === 3);
  expect(gapless.types()).not.toContain('reset');
  await web.owner.event.deleteMany({ where: { kind: 'delta', id: { gt: old } } });
  await append();
  // Another process: nothing of the past is in its memory.
  const hub = new StreamHub({ databaseUrl: web.database.webUrl, db: web.rt.db, log: web.rt.log });
  const { id } = await web.owner.apiToken.findFirstOrThrow();
  const connectThere = async (after: bigint) =>
    new Reader((await hub.open({ kind: 'token', id }, after)) ?? new ReadableStream());
  const tooOld = await connectThere(old);
  await until(() => tooOld.types().includes('reset'));
  expect(tooOld.events).toEqual([]);
  const next = await append();
  await until(() => tooOld.events.length === 1);
  expect(tooOld.events).toEqual([next]);
  const beyond = await connectThere(next + 1_000_000n);
  await until(() => beyond.types().includes('reset'));
  await hub.close();
});

test('a reader who does not read is dropped and the others are not held up', async () => {
  const answer = await web.fetch('/api/v1/stream', { token });
  const stuck = answer.body?.getReader(); // never read
  const quick = await connect();
  const before = web.rt.hub.size;
  const data = { filler: 'x'.repeat(200_000) };
  for (let i = 0; i < 30; i++) await append(1, { data });
  await until(() => quick.events.length === 30);
  await until(() => web.rt.hub.size === before - 1);
  await expect(stuck?.read()).rejects.toThrow('too slow');
});

test('a stream ends when its session signs out and when its token is revoked', async () => {
  const hub = new StreamHub({ databaseUrl: web.database.webUrl, db: web.rt.db, log: web.rt.log, recheckMs: 200 });
  const cookie = await web.signIn();
  const session = await web.owner.authSession.findFirstOrThrow();
  await web.token('read', 'short-lived');
  const { id } = await web.owner.apiToken.findFirstOrThrow({ where: { name: 'short-lived' } });
  const streams = await Promise.all([hub.open({ kind: 'session', id: session.id }, null), hub.open({ kind: 'token', id }, null)]);
  const [bySession, byToken] = streams.map((s) => new Reader(s ?? new ReadableStream()));
  await until(() => bySession!.types().includes('clocks') && byToken!.types().includes('clocks'));
  expect([bySession!.ended, byToken!.ended]).toEqual([false, false]);
  await web.fetch('/api/auth/sign-out', { method: 'POST', cookie, body: {} });
  await until(() => bySession!.ended);
  expect(byToken!.ended).toBe(false);
  await web.owner.apiToken.update({ where: { id }, data: { revokedAt: new Date() } });
  await until(() => byToken!.ended);
  await hub.close();
});
