import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemContext } from '@/lib/core/context';
import { revokeToken } from '@/lib/core/access/tokens';
import { Problem } from '@/lib/contract/problem';
import type { Scope } from '@/lib/contract/names';
import { testWeb, type Web } from '@/test/web';
import { ROUTES } from './routes';

/** What each route of the contract asks for. A new route has no line here and fails until somebody decides. */
const NEEDS: Record<string, Scope | 'open'> = {
  me: 'read',
  password: 'read',
  signOutEverywhere: 'read',
  'setup.get': 'open',
  'setup.complete': 'open',
  'deployments.list': 'read',
  'deployments.create': 'admin',
  'deployments.get': 'read',
  'deployments.update': 'admin',
  'deployments.remove': 'admin',
  'deployments.check': 'operate',
  'deployments.pinHostKeys': 'admin',
  discover: 'admin',
  'tasks.get': 'read',
  'nodes.list': 'read',
  'nodes.get': 'read',
  'nodes.declare': 'operate',
  'nodes.forget': 'operate',
  'nodes.samples': 'read',
  samples: 'read',
  'rooms.list': 'read',
  'rooms.get': 'read',
  egress: 'read',
  ingress: 'read',
  events: 'read',
  'tokens.list': 'admin',
  'tokens.create': 'admin',
  'tokens.revoke': 'admin',
};
const SCOPES: Scope[] = ['read', 'operate', 'admin'];
const UUID = '00000000-0000-4000-8000-000000000000';

let web: Web;
const tokens: Record<string, string> = {};
beforeAll(async () => {
  web = await testWeb();
  for (const scope of SCOPES) tokens[scope] = await web.token(scope);
  tokens.expired = await web.token('admin', 'expired');
  await web.owner.apiToken.updateMany({ where: { name: 'expired' }, data: { expiresAt: new Date(Date.now() - 1000) } });
  tokens.revoked = await web.token('admin', 'revoked');
  const { id } = await web.owner.apiToken.findFirstOrThrow({ where: { name: 'revoked' } });
  await revokeToken({ ctx: systemContext(web.rt.db), input: { id } });
});
afterAll(() => web.close());

const call = ({ method, path }: { method: string; path: string }, token?: string) =>
  web.fetch(`/api/v1${path.replace('{id}', UUID).replaceAll(/\{[^}]+\}/g, 'none')}`, {
    method,
    token,
    body: method === 'GET' ? undefined : {},
  });

test('every route of the contract has its line in the matrix', () => {
  expect(ROUTES.map((r) => r.name).toSorted()).toEqual(Object.keys(NEEDS).toSorted());
});

describe.each(ROUTES)('$method $path', (route) => {
  const needs = NEEDS[route.name];
  test.each(['anonymous', 'expired', 'revoked', 'sbx_made-up'])('refuses the %s', async (who) => {
    const answer = await call(route, who === 'anonymous' ? undefined : (tokens[who] ?? who));
    if (needs === 'open') expect(answer.status).not.toBe(401);
    else {
      expect(answer.status).toBe(401);
      expect(Problem.parse(await answer.json()).type).toBe('/problems/unauthenticated');
    }
  });
  test.each(SCOPES)('lets in %s by its scope, and says what is missing', async (scope) => {
    const answer = await call(route, tokens[scope]);
    const may = needs === 'open' || SCOPES.indexOf(scope) >= SCOPES.indexOf(needs ?? 'admin');
    // The own password and sessions need a person; a token of whatever scope has none.
    if (may && !['password', 'signOutEverywhere'].includes(route.name)) expect([401, 403]).not.toContain(answer.status);
    else {
      expect(answer.status).toBe(403);
      expect(Problem.parse(await answer.json()).type).toBe('/problems/forbidden');
    }
  });
});

test.each(['/api/v1/stream', '/api/v1/openapi.json'])('%s refuses the anonymous, the expired and the revoked', async (path) => {
  for (const token of [undefined, tokens.expired, tokens.revoked]) expect((await web.fetch(path, { token })).status).toBe(401);
});
