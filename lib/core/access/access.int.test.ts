import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ADMIN, testWeb, type Web } from '@/test/web';
import { systemContext } from '../context';
import { actorOfToken } from './tokens';
import { createAdministrator, createSetupLink, resetAdministrator } from './setup';

let web: Web;
beforeAll(async () => {
  web = await testWeb();
});
afterAll(() => web.close());
beforeEach(async () => {
  await web.owner.user.deleteMany();
  await web.owner.authRateLimit.deleteMany();
});

const complete = (token: string, email = 'first@example.org', password = 'a long enough one') =>
  web.fetch('/api/v1/setup', { method: 'POST', body: { token, email, name: 'First', password } });
const needed = async () => ((await (await web.fetch('/api/v1/setup')).json()) as { needed: boolean }).needed;
const link = () => createSetupLink({ ctx: systemContext(web.rt.db) });

test('the one-time link makes the first administrator once, also when it is pressed twice at once', async () => {
  expect(await needed()).toBe(true);
  const { token, expiresAt } = await link();
  expect(expiresAt.getTime() - Date.now()).toBeLessThanOrEqual(24 * 3600_000);
  const both = await Promise.all([complete(token), complete(token, 'second@example.org')]);
  expect(both.map((r) => r.status).toSorted()).toEqual([201, 422]);
  expect(await web.owner.user.count()).toBe(1);
  expect(await needed()).toBe(false);
  const { email } = await web.owner.user.findFirstOrThrow();
  expect((await web.signIn({ email, password: 'a long enough one' })).length).toBeGreaterThan(20);
  expect(JSON.stringify(await web.owner.setupLink.findMany())).not.toContain(token);
  expect(await web.owner.auditEntry.count({ where: { verb: 'setup.complete', target: email } })).toBe(1);
});

test('a link is void after 24 hours, and when a newer one was made', async () => {
  const old = await link();
  const newer = await link();
  expect((await complete(old.token)).status).toBe(422);
  await web.owner.setupLink.updateMany({ data: { expiresAt: new Date(Date.now() - 1) } });
  expect((await complete(newer.token)).status).toBe(422);
  expect(await needed()).toBe(true);
});

test('guessing links is limited', async () => {
  const tries = await Promise.all(Array.from({ length: 25 }, () => complete('x'.repeat(43))));
  expect(tries.filter((r) => r.status === 429).length).toBe(5);
});

test('an administrator from the environment signs in whatever the case of the address; a second one of that address is refused', async () => {
  await createAdministrator({ ctx: systemContext(web.rt.db), input: { email: 'Ada@Example.org', password: ADMIN.password } });
  expect(await web.signIn({ email: 'ADA@example.org', password: ADMIN.password })).toContain('session_token');
  await expect(createAdministrator({ ctx: systemContext(web.rt.db), input: ADMIN })).rejects.toThrow('there already');
});

test('a reset gives a new password and ends the sessions', async () => {
  await web.administrator();
  const cookie = await web.signIn();
  const reset = { email: ADMIN.email, password: 'quite another one' };
  expect(await resetAdministrator({ ctx: systemContext(web.rt.db), input: reset })).toEqual({ email: ADMIN.email, made: false });
  expect((await web.fetch('/api/v1/me', { cookie })).status).toBe(401);
  expect(await web.signIn()).toBe('');
  expect(await web.signIn(reset)).toContain('session_token');
});

test('the own password: the old one is asked, other sessions end, this one stays', async () => {
  await web.administrator();
  const [here, there] = [await web.signIn(), await web.signIn()];
  const change = (body: object) => web.fetch('/api/v1/me/password', { method: 'POST', cookie: here, body });
  expect((await change({ current: 'wrong', next: 'a good long one' })).status).toBe(422);
  expect((await change({ current: ADMIN.password, next: 'short' })).status).toBe(422);
  expect((await change({ current: ADMIN.password, next: 'a good long one' })).status).toBe(200);
  expect((await web.fetch('/api/v1/me', { cookie: here })).status).toBe(200);
  expect((await web.fetch('/api/v1/me', { cookie: there })).status).toBe(401);
});

test('a token is stored as its hash, and its last use is written at most once a minute', async () => {
  const token = await web.token('operate', 'ci');
  expect(token).toMatch(/^sbx_[\w-]{43}$/);
  expect(JSON.stringify(await web.owner.apiToken.findMany())).not.toContain(token.slice(12));
  const used = async () => (await web.owner.apiToken.findFirstOrThrow({ where: { name: 'ci' } })).lastUsedAt?.getTime() ?? null;
  expect(await used()).toBeNull();
  const at = (ms: number) => new Date(1_800_000_000_000 - 1e10 + ms);
  expect(await actorOfToken(web.rt.db, token, at(0))).toMatchObject({ kind: 'token', scope: 'operate', label: 'token ci' });
  expect(await used()).toBe(at(0).getTime());
  await actorOfToken(web.rt.db, token, at(59_000));
  expect(await used()).toBe(at(0).getTime());
  await actorOfToken(web.rt.db, token, at(60_000));
  expect(await used()).toBe(at(60_000).getTime());
});
