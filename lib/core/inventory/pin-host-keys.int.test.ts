import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DeploymentDetail } from '@/lib/contract/inventory';
import type { Problem } from '@/lib/contract/problem';
import { DEPLOYMENT, testWeb, type Web } from '@/test/web';
import type { z } from 'zod';

let web: Web;
let token: string;
beforeAll(async () => {
  web = await testWeb();
  token = await web.token('admin');
  const ssh = { user: 'root', jump: { address: 'jump.example.org', port: 2222, user: 'op' } };
  const mediaNodes = [{ address: '10.0.0.21' }, { address: '2001:db8::9', name: 'six' }, { address: '10.0.0.22', name: 'gone' }];
  await call('POST', '/deployments', { ...DEPLOYMENT, ssh, mediaNodes });
  await web.owner.node.updateMany({ where: { name: 'gone' }, data: { forgottenAt: new Date() } });
});
afterAll(() => web.close());

async function call(method: string, path: string, body?: unknown) {
  const answer = await web.fetch(`/api/v1${path}`, { method, token, body });
  // Parsed by nobody: the server's own output check did.
  return { status: answer.status, body: (await answer.json()) as z.infer<typeof DeploymentDetail> & Pick<Problem, 'errors'> };
}
const pin = (...endpoints: string[]) =>
  call('POST', '/deployments/production/host-keys', {
    keys: endpoints.map((endpoint) => ({ endpoint, algorithm: 'ssh-ed25519', fingerprint: 'SHA256:abc' })),
  });

test('keys of masters, media nodes and the jump host are pinned', async () => {
  const endpoints = ['10.0.0.11:22', '10.0.0.21:22', '[2001:db8::9]:22', 'jump.example.org:2222'];
  const { status, body } = await pin(...endpoints);
  expect([status, body.hostKeys.map((k) => k.endpoint).toSorted()]).toEqual([200, endpoints.toSorted()]);
});

test.each(['10.9.9.9:22', '10.0.0.11:2222', '10.0.0.11', 'jump.example.org:22', '10.0.0.22:22', '', 'any text'])(
  'a key for "%s", which is no node or jump host of the deployment, is refused beside its field, and nothing is kept of the request',
  async (endpoint) => {
    const { status, body } = await pin('10.0.0.12:22', endpoint);
    expect([status, body.errors?.map((e) => e.field)]).toEqual([422, ['keys.1.endpoint']]);
    expect(await web.owner.hostKey.count({ where: { endpoint: { in: ['10.0.0.12:22', endpoint] } } })).toBe(0);
  },
);
