import { expect, test } from 'vitest';
import { FakeCluster } from '../fake-cluster';
import { discreet, ERROR_LIMIT } from './discreet';
import type { Inventory, Links, NodeAddress } from './links';

const SECRET = 'correct horse battery';
const secrets: Inventory['secrets'] = { redisPassword: SECRET };
const node: NodeAddress = { id: 'n', name: 'media-1', role: 'media', address: '127.99.1.1' };
// FakeCluster reads no inventory
const fake = (more: Partial<Links>): Links => discreet({ ...new FakeCluster().open({} as Inventory), ...more }, secrets);
const signal = AbortSignal.timeout(10_000);

test('a secret that a host echoes leaves no read, no stream, no probe and no member as it is', async () => {
  const echo = `bash: ${SECRET}: command not found`;
  const ends: string[] = [];
  const links = fake({
    redis: () => Promise.reject(new Error(echo)),
    stream: (_node, on) => {
      on.end(echo);
      return { poke: () => undefined, close: () => undefined };
    },
    http: async () => [{ probe: 'livekit', ok: false, status: null, outcome: 'unreachable', detail: echo, ms: 1 }],
    mongo: async () => ({ members: [{ address: 'a', answered: false, error: echo, state: null }], primary: null, voters: 1 }),
  });
  await expect(links.redis(signal)).rejects.toThrow('bash: ***: command not found');
  links.stream(node, { tick: () => undefined, event: () => undefined, end: (e) => ends.push(e) });
  expect(ends).toEqual(['bash: ***: command not found']);
  expect(JSON.stringify([await links.http(node, [], signal), await links.mongo(signal)])).not.toContain(SECRET);
});

test('what a host says is bounded, and no half of a secret stands at the cut', async () => {
  const links = fake({ livekit: () => Promise.reject(new Error('x'.repeat(ERROR_LIMIT - 5) + SECRET + 'y'.repeat(100_000))) });
  const said = await links.livekit(signal).catch((e: Error) => e.message);
  expect(said).toHaveLength(ERROR_LIMIT);
  expect(said).not.toContain('correct');
  await expect(fake({}).mongo(signal)).resolves.toMatchObject({ voters: 4 });
});
