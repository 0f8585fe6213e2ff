import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Problem } from '@/lib/contract/problem';
import { ADMIN, DEPLOYMENT, ORIGIN, testWeb, type Web } from '@/test/web';

let web: Web;
let token: string;
beforeAll(async () => {
  web = await testWeb();
  await web.administrator();
  token = await web.token('admin');
});
afterAll(() => web.close());

async function problemOf(answer: Response) {
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(answer.headers.get('x-request-id')).toBeTruthy();
  const problem = Problem.parse(await answer.json());
  expect(problem.status).toBe(answer.status);
  return problem;
}
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  web.fetch(path, { method: 'POST', token, body, headers });

describe('what cannot be read is a problem document', () => {
  test.each(['/api/v1/nothing', '/api/v1', '/api/nothing', '/api/v1/deployments/a/b/c', '/api/auth/sign-up/email'])(
    'an unknown address: %s',
    async (path) => {
      expect((await problemOf(await web.fetch(path, { token }))).type).toBe('/problems/not-found');
    },
  );
  test('a method that an address does not take names those it takes', async () => {
    const answer = await web.fetch('/api/v1/deployments', { token, method: 'DELETE', body: {} });
    expect(answer.headers.get('allow')).toBe('GET, POST');
    expect((await problemOf(answer)).type).toBe('/problems/method-not-allowed');
  });
  test('malformed JSON, and its words do not come back', async () => {
    const answer = await post('/api/v1/deployments', '{"secret": canary-in-broken-json');
    const text = await answer.clone().text();
    expect((await problemOf(answer)).type).toBe('/problems/malformed-request');
    expect(text).not.toContain('canary');
  });
  test('another content type', async () => {
    const answer = await post('/api/v1/deployments', 'name=x', { 'content-type': 'application/x-www-form-urlencoded' });
    expect((await problemOf(answer)).type).toBe('/problems/unsupported-media-type');
  });
  test('a body of more than 1 MB, announced or not', async () => {
    const big = JSON.stringify({ name: 'x'.repeat(1024 * 1024) });
    expect((await problemOf(await post('/api/v1/deployments', big))).type).toBe('/problems/body-too-large');
    const stream = new ReadableStream({
      start(c) {
        for (let i = 0; i < 20; i++) c.enqueue(new TextEncoder().encode('x'.repeat(64 * 1024)));
        c.close();
      },
    });
    const { handleApi } = await import('./api');
    const request = new Request(`${ORIGIN}/api/v1/deployments`, {
      method: 'POST',
      body: stream,
      duplex: 'half',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    } as RequestInit); // duplex is not in the DOM's type
    expect((await problemOf(await handleApi(web.rt, request))).status).toBe(413);
  });
  test.each([
    ['nothing at all', '{}', 'name'],
    ['not an object', '[]', ''],
    ['three masters', { ...DEPLOYMENT, masters: DEPLOYMENT.masters.slice(1) }, 'masters'],
    ['five masters', { ...DEPLOYMENT, masters: [...DEPLOYMENT.masters, '10.0.0.15'] }, 'masters'],
    ['the same master twice', { ...DEPLOYMENT, masters: ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.2'] }, 'masters.3'],
    ['an address that is none', { ...DEPLOYMENT, masters: ['10.0.0.1', '10.0.0.2', '10.0.0.300', '10.0.0.4'] }, 'masters.2'],
    ['a port out of range', { ...DEPLOYMENT, ports: { redis: 70_000 } }, 'ports.redis'],
    ['a key that is none', { ...DEPLOYMENT, secrets: { sshKey: 'hello' } }, 'secrets.sshKey'],
    ['a secret without its endpoint', { name: 'X', secrets: { redisPassword: 'p' } }, 'secrets.redisPassword'],
    ['a media node that is a master', { ...DEPLOYMENT, mediaNodes: [{ address: '10.0.0.11' }] }, 'mediaNodes.0.address'],
  ])('wrong input names its field: %s', async (_, body, field) => {
    const problem = await problemOf(await post('/api/v1/deployments', body));
    expect(problem.type).toBe('/problems/invalid-input');
    expect(problem.errors?.map((e) => e.field)).toContain(field);
  });
  test('a cursor that is none', async () => {
    const problem = await problemOf(await web.fetch('/api/v1/deployments?cursor=abc', { token }));
    expect(problem.errors?.[0]?.field).toBe('cursor');
  });
});

describe('writes', () => {
  beforeEach(async () => {
    await web.owner.deployment.deleteMany();
    expect((await post('/api/v1/deployments', DEPLOYMENT)).status).toBe(201);
  });
  const patch = (ifMatch: string | null, body: unknown) =>
    web.fetch('/api/v1/deployments/production', {
      method: 'PATCH',
      token,
      body,
      headers: ifMatch === null ? {} : { 'if-match': ifMatch },
    });

  test('no lost update: If-Match is needed, and of two changes based on one rev the second is refused', async () => {
    expect((await problemOf(await patch(null, { name: 'A' }))).status).toBe(428);
    const etag = (await web.fetch('/api/v1/deployments/production', { token })).headers.get('etag');
    expect(etag).toBe('"1"');
    const both = await Promise.all([patch(etag, { name: 'A' }), patch(etag, { name: 'B' })]);
    expect(both.map((r) => r.status).toSorted()).toEqual([200, 412]);
    expect((await problemOf(await patch(etag, { name: 'C' }))).type).toBe('/problems/version-conflict');
    const after = await web.fetch('/api/v1/deployments/production', { token });
    expect(after.headers.get('etag')).toBe('"2"');
  });
  test('the same Idempotency-Key and body: one deployment and the same answer, also at once', async () => {
    const body = { ...DEPLOYMENT, name: 'Once', masters: [], mediaNodes: [], ssh: null };
    const key = { 'idempotency-key': 'k-1' };
    const answers = await Promise.all([1, 2, 3].map(() => post('/api/v1/deployments', body, key)));
    expect(answers.map((r) => r.status)).toEqual([201, 201, 201]);
    const bodies = await Promise.all(answers.map((r) => r.text()));
    expect(new Set(bodies.map((b) => JSON.parse(b).id)).size).toBe(1);
    expect(await web.owner.deployment.count({ where: { name: 'Once' } })).toBe(1);
    expect(await web.owner.auditEntry.count({ where: { verb: 'deployment.create', target: 'once' } })).toBe(1);
  });
  test('the same Idempotency-Key with another body is refused', async () => {
    const key = { 'idempotency-key': 'k-2' };
    const plain = { name: 'One' };
    expect((await post('/api/v1/deployments', plain, key)).status).toBe(201);
    expect((await problemOf(await post('/api/v1/deployments', { name: 'Two' }, key))).type).toBe(
      '/problems/idempotency-mismatch',
    );
    expect((await problemOf(await post('/api/v1/tokens', plain, key))).status).toBe(422);
  });
  test('a repeat of a new token makes no second and shows none', async () => {
    const key = { 'idempotency-key': 'k-3' };
    const first = await post('/api/v1/tokens', { name: 'ci', scope: 'read' }, key);
    const made = (await first.json()) as { token: string };
    expect(made.token).toMatch(/^sbx_[\w-]{43}$/);
    expect((await problemOf(await post('/api/v1/tokens', { name: 'ci', scope: 'read' }, key))).status).toBe(409);
    expect(await web.owner.apiToken.count({ where: { name: 'ci' } })).toBe(1);
    const rows = JSON.stringify(await web.owner.idempotencyKey.findMany()) + JSON.stringify(await web.owner.apiToken.findMany());
    expect(rows).not.toContain(made.token.slice(12));
  });
  test('a refused write leaves no key behind: the corrected repeat goes through', async () => {
    const key = { 'idempotency-key': 'k-4' };
    expect((await post('/api/v1/deployments', { name: 'Slug', slug: 'production' }, key)).status).toBe(409);
    expect(await web.owner.idempotencyKey.count({ where: { key: 'k-4' } })).toBe(0);
  });
  test('names with quotes, shell and HTML characters are kept as they are', async () => {
    const name = `<img src=x onerror=alert(1)> "q" 'r' $(rm -rf /); \`id\` \\ %s 名前 😀`;
    const made = await post('/api/v1/deployments', { name });
    expect(made.status).toBe(201);
    const { slug } = (await made.json()) as { slug: string };
    expect(slug).toMatch(/^[a-z0-9-]+$/);
    expect(((await (await web.fetch(`/api/v1/deployments/${slug}`, { token })).json()) as { name: string }).name).toBe(name);
  });
});

describe('a browser session', () => {
  test('writes only from its own pages', async () => {
    const cookie = await web.signIn();
    const from = (headers: Record<string, string>) =>
      web.fetch('/api/v1/tokens', { method: 'POST', cookie, body: { name: 't', scope: 'read' }, headers });
    expect((await from({})).status).toBe(201);
    const foreign: Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'null', 'sec-fetch-site': '' },
      { origin: '', 'sec-fetch-site': '' },
    ];
    for (const headers of foreign) {
      expect((await problemOf(await from(headers))).type).toBe('/problems/forbidden');
    }
  });
  test('a bad token beside a good cookie is nobody', async () => {
    const cookie = await web.signIn();
    expect((await web.fetch('/api/v1/me', { cookie, token: 'sbx_wrong' })).status).toBe(401);
  });
  test('signing in and out writes its audit row with the session; the cookie is good until then', async () => {
    const cookie = await web.signIn();
    expect((await web.fetch('/api/v1/me', { cookie })).status).toBe(200);
    expect((await web.fetch('/api/auth/sign-out', { method: 'POST', cookie, body: {} })).status).toBe(200);
    expect((await web.fetch('/api/v1/me', { cookie })).status).toBe(401);
    const rows = await web.owner.auditEntry.findMany({
      where: { actorLabel: ADMIN.email, verb: { startsWith: 'session.' } },
      orderBy: { id: 'asc' },
    });
    expect(rows.slice(-2).map((r) => r.verb)).toEqual(['session.sign-in', 'session.sign-out']);
  });
  test('no body of the sign-in tells the secret of the cookie', async () => {
    const answer = await web.fetch('/api/auth/sign-in/email', {
      method: 'POST',
      body: ADMIN,
      headers: { origin: ORIGIN, 'x-forwarded-for': '192.0.2.99' },
    });
    const cookie = answer.headers.getSetCookie()[0] ?? '';
    const secret = /=([^.;]+)/.exec(cookie)?.[1] ?? '';
    expect(secret.length).toBeGreaterThan(20);
    expect(cookie).toMatch(/HttpOnly/i);
    expect(await answer.text()).not.toContain(secret);
    expect(await (await web.fetch('/api/auth/get-session', { cookie: cookie.split(';')[0] })).text()).not.toContain(secret);
  });
});

describe('tries to sign in are limited in the database', () => {
  const attempt = (address: string, email = ADMIN.email, password = 'wrong wrong wrong') =>
    web.fetch('/api/auth/sign-in/email', {
      method: 'POST',
      body: { email, password },
      headers: { origin: ORIGIN, 'x-forwarded-for': address },
    });
  const right = (address: string) => attempt(address, ADMIN.email, ADMIN.password);
  beforeEach(() => web.owner.authRateLimit.deleteMany());

  test('by address: three in ten seconds', async () => {
    const one = await attempt('198.51.100.1', 'nobody@example.org');
    expect((await problemOf(one)).detail).toBe('E-mail address or password is wrong.');
    const burst = await Promise.all([1, 2, 3, 4, 5, 6].map(() => attempt('198.51.100.2', 'other@example.org')));
    expect(burst.filter((r) => r.status === 429).length).toBeGreaterThanOrEqual(3);
  });
  test('nobody locks an administrator out from another address, however often they try', async () => {
    const tries = await Promise.all(Array.from({ length: 130 }, () => attempt('198.51.100.3')));
    const waits = tries.filter((r) => r.status === 429).map((r) => Number(r.headers.get('retry-after')));
    expect(Math.max(...waits)).toBeGreaterThan(60); // the limit by account and address, not only that of ten seconds
    expect((await right('198.51.100.3')).status).toBe(429);
    expect((await right('198.51.100.4')).status).toBe(200);
  });
  test('nor does one IPv6 network, from all of its addresses', async () => {
    await Promise.all(Array.from({ length: 130 }, (_, i) => attempt(`2001:db8:7:7::${(i + 1).toString(16)}`)));
    expect((await right('2001:db8:7:7::ffff')).status).toBe(429);
    expect((await right('2001:db8:7:8::1')).status).toBe(200);
  });
  test('many addresses together try one account slowly, and no other one the slower for it', async () => {
    await attempt('198.51.100.5');
    await web.owner.authRateLimit.updateMany({ where: { key: { startsWith: 'sign-in-account:' } }, data: { count: 100 } });
    const refused = await attempt('198.51.100.6');
    expect([refused.status, Number(refused.headers.get('retry-after')) > 60]).toEqual([429, true]);
    expect((await attempt('198.51.100.7', 'other@example.org')).status).toBe(401);
  });
  test('tries of the set-up link count for their address alone', async () => {
    const set = (address: string) =>
      web.fetch('/api/v1/setup', {
        method: 'POST',
        body: { token: 'x'.repeat(43), email: 'a@example.org', name: 'A', password: 'correct horse battery' },
        headers: { 'x-forwarded-for': address },
      });
    const tries = await Promise.all(Array.from({ length: 25 }, () => set('198.51.100.8')));
    expect(tries.filter((r) => r.status === 429)).toHaveLength(5);
    expect((await set('198.51.100.9')).status).toBe(422);
  });
});
