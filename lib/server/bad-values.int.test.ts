import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Problem } from '@/lib/contract/problem';
import { DEPLOYMENT, testWeb, type Web } from '@/test/web';

let web: Web;
let token: string;
beforeAll(async () => {
  web = await testWeb();
  token = await web.token('admin');
});
afterAll(() => web.close());
beforeEach(() => web.owner.deployment.deleteMany());

async function call(method: string, path: string, body?: unknown) {
  const answer = await web.fetch(`/api/v1${path}`, { method, token, body });
  const { errors } = (await answer.json()) as Pick<Problem, 'errors'>; // a problem document or a row without errors
  return { status: answer.status, fields: errors?.map((e) => e.field) };
}
const cursor = (...key: (string | number)[]) => Buffer.from(JSON.stringify(key)).toString('base64url');

describe('what Postgres cannot take is named beside its field', () => {
  test('NUL and half characters in texts', async () => {
    for (const bad of ['a\0b', 'a\ud800b']) {
      expect(await call('POST', '/deployments', { ...DEPLOYMENT, name: bad })).toEqual({ status: 422, fields: ['name'] });
      expect(await call('POST', '/deployments', { ...DEPLOYMENT, sentinelMasterName: bad })).toEqual({
        status: 422,
        fields: ['sentinelMasterName'],
      });
    }
    await call('POST', '/deployments', DEPLOYMENT);
    expect(await call('GET', '/deployments/production/rooms?search=%00')).toEqual({ status: 422, fields: ['search'] });
    expect((await call('POST', '/deployments', { ...DEPLOYMENT, slug: 'whole', name: 'Köln 😀' })).status).toBe(201);
  });

  test('cursors of another list', async () => {
    await call('POST', '/deployments', DEPLOYMENT);
    for (const path of [
      `/events?cursor=${cursor('x')}`,
      `/events?cursor=${cursor('9'.repeat(30))}`,
      `/deployments/production/egress?cursor=${cursor('yesterday?', 'EG_1')}`,
      `/deployments/production/rooms?ended=true&cursor=${cursor('a room', 'RM_1')}`,
      `/deployments?cursor=${cursor('a\0', 'b')}`,
    ])
      expect([path, await call('GET', path)]).toEqual([path, { status: 422, fields: ['cursor'] }]);
    const good = `/deployments/production/egress?cursor=${cursor('infinity', 'EG_1')}`;
    expect((await call('GET', good)).status).toBe(200);
  });
});

test('of two who take the same name at once each gets a deployment or a conflict, never a failure', async () => {
  const all = await Promise.all(Array.from({ length: 6 }, () => call('POST', '/deployments', { name: 'Same' })));
  expect(all.filter((r) => r.status !== 201 && r.status !== 409)).toEqual([]);
  expect(all.some((r) => r.status === 201)).toBe(true);
});

test('a LiveKit URL does not carry a password: it would be stored and shown in the clear', async () => {
  const livekitUrl = 'wss://user:canary@livekit.example.org';
  expect(await call('POST', '/deployments', { ...DEPLOYMENT, livekitUrl })).toEqual({ status: 422, fields: ['livekitUrl'] });
});

test('a password change that is repeated with its Idempotency-Key gets its first answer', async () => {
  await web.administrator();
  const cookie = await web.signIn();
  const change = () =>
    web.fetch('/api/v1/me/password', {
      method: 'POST',
      cookie,
      headers: { 'idempotency-key': 'once' },
      body: { current: 'correct horse battery', next: 'another horse battery' },
    });
  expect([(await change()).status, (await change()).status]).toEqual([200, 200]);
});

test('tries that are long over are not kept: strangers cannot fill the database', async () => {
  await web.owner.authRateLimit.create({ data: { id: 'old', key: 'sign-in:old', count: 3, lastRequest: 1_000_000n } });
  await web.signIn({ email: 'nobody@example.org', password: 'wrong wrong wrong' });
  expect(await web.owner.authRateLimit.count({ where: { id: 'old' } })).toBe(0);
});
