import { randomUUID } from 'node:crypto';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { DeploymentDetail, NodeView } from '@/lib/contract/inventory';
import type { Problem } from '@/lib/contract/problem';
import { DEPLOYMENT, testWeb, type Web } from '@/test/web';
import type { z } from 'zod';

type Detail = z.infer<typeof DeploymentDetail>;
type Errors = Pick<Problem, 'errors'>;
let web: Web;
let token: string;
beforeAll(async () => {
  web = await testWeb();
  token = await web.token('admin');
});
afterAll(() => web.close());
beforeEach(() => web.owner.deployment.deleteMany());

/** Parsed by nobody: the server's own output check did. */
async function call<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const answer = await web.fetch(`/api/v1${path}`, { method, token, body, headers });
  return { status: answer.status, body: (await answer.json()) as T & Errors };
}
const create = (more: object = {}) => call<Detail>('POST', '/deployments', { ...DEPLOYMENT, ...more });
const update = (body: unknown, rev = 1) => call<Detail>('PATCH', '/deployments/production', body, { 'if-match': `"${rev}"` });
const nodes = async () => (await call<{ items: NodeView[] }>('GET', '/deployments/production/nodes')).body.items;
const fields = (problem: Errors) => problem.errors?.map((e) => e.field);

describe('create', () => {
  test('masters become master-1 to master-4 in their order; media nodes get a free name', async () => {
    await create({ mediaNodes: [{ address: '10.0.0.21' }, { address: '10.0.0.22', name: 'media-1' }, { address: '10.0.0.23' }] });
    expect((await nodes()).map((n) => [n.name, n.address, n.role, n.declared])).toEqual([
      ['master-1', '10.0.0.11', 'master', true],
      ['master-2', '10.0.0.12', 'master', true],
      ['master-3', '10.0.0.13', 'master', true],
      ['master-4', '10.0.0.14', 'master', true],
      ['media-1', '10.0.0.22', 'media', true],
      ['media-2', '10.0.0.21', 'media', true],
      ['media-3', '10.0.0.23', 'media', true],
    ]);
  });
  test('the same name twice gives two slugs; the same slug twice is refused beside the field', async () => {
    expect((await create()).body.slug).toBe('production');
    expect((await create()).body.slug).toBe('production-2');
    const again = await create({ slug: 'production' });
    expect([again.status, fields(again.body)]).toEqual([409, ['slug']]);
  });
  const withPassphrase = ssh2.utils.generateKeyPairSync('ed25519', {
    passphrase: 'open sesame',
    cipher: 'aes256-ctr',
    rounds: 1,
  });
  const plain = ssh2.utils.generateKeyPairSync('ed25519');
  const rsa = ssh2.utils.generateKeyPairSync('rsa', { bits: 2048 });
  test.each([
    ['text that is no key', { sshKey: 'hello' }, 'secrets.sshKey', 'not a private key'],
    ['a key that was cut', { sshKey: plain.private.slice(0, 120) }, 'secrets.sshKey', 'not a private key'],
    ['a public key', { sshKey: plain.public }, 'secrets.sshKey', 'public key'],
    [
      'a key with a passphrase that is missing',
      { sshKey: withPassphrase.private },
      'secrets.sshKeyPassphrase',
      'has a passphrase: enter it',
    ],
    [
      'a key with a wrong passphrase',
      { sshKey: withPassphrase.private, sshKeyPassphrase: 'wrong' },
      'secrets.sshKeyPassphrase',
      'does not open the key',
    ],
  ])('%s is refused beside its field', async (_, secrets, field, words) => {
    const { status, body } = await create({ secrets });
    expect([status, fields(body)]).toEqual([422, [field]]);
    expect(body.errors?.[0]?.detail).toContain(words);
    expect(await web.owner.deployment.count()).toBe(0);
  });
  test.each([
    ['ed25519', { sshKey: plain.private }],
    ['with the line ends of Windows and without the last', { sshKey: plain.private.trim().replaceAll('\n', '\r\n') }],
    ['with its passphrase', { sshKey: withPassphrase.private, sshKeyPassphrase: 'open sesame' }],
    ['rsa', { sshKey: rsa.private }],
  ])('a key is taken: %s', async (_, secrets) => {
    expect((await create({ secrets })).status).toBe(201);
  });
});

describe('update', () => {
  test('a changed endpoint needs its secret again, beside the field; the others stay', async () => {
    await create({ secrets: { livekitApiSecret: 'one', redisPassword: 'two' } });
    const moved = await update({ livekitUrl: 'https://other.example.org' });
    expect([moved.status, fields(moved.body)]).toEqual([422, ['secrets.livekitApiSecret']]);
    expect((await call<Detail>('GET', '/deployments/production')).body.rev).toBe(1);
    const right = await update({ livekitUrl: 'https://other.example.org', secrets: { livekitApiSecret: 'three' } });
    expect(right.status).toBe(200);
    expect(right.body.secrets.map((s) => [s.kind, s.boundTo])).toEqual([
      ['livekitApiSecret', 'https://other.example.org'],
      ['redisPassword', expect.stringContaining('10.0.0.11')],
    ]);
    expect((await update({ livekitUrl: null }, 2)).body.secrets.map((s) => s.kind)).toEqual(['redisPassword']);
  });
  test('only what is present changes', async () => {
    await create({ timeZone: 'Europe/Madrid', limits: { minMediaNodes: 2 } });
    const { body } = await update({ name: 'Renamed' });
    expect([body.name, body.slug, body.rev, body.settings.timeZone, body.settings.limits.minMediaNodes]).toEqual([
      'Renamed',
      'production',
      2,
      'Europe/Madrid',
      2,
    ]);
  });
  test('a replaced master takes the place of the one before; two that changed places keep what was seen of them', async () => {
    await create();
    const before = await web.owner.node.findMany({ where: { role: 'master' } });
    const idOf = (address: string) => before.find((n) => n.address === address)?.id;
    const { status } = await update({ masters: ['10.0.0.12', '10.0.0.11', '10.0.0.99', '10.0.0.14'] });
    expect(status).toBe(200);
    const after = await web.owner.node.findMany({ where: { role: 'master' }, orderBy: { name: 'asc' } });
    expect(after.map((n) => [n.name, n.address])).toEqual([
      ['master-1', '10.0.0.12'],
      ['master-2', '10.0.0.11'],
      ['master-3', '10.0.0.99'],
      ['master-4', '10.0.0.14'],
    ]);
    expect(after.map((n) => n.id).slice(0, 2)).toEqual([idOf('10.0.0.12'), idOf('10.0.0.11')]);
    const clash = await update({ masters: ['10.0.0.12', '10.0.0.11', '10.0.0.21', '10.0.0.14'] }, 2);
    expect([clash.status, fields(clash.body)]).toEqual([422, ['masters.2']]);
  });
});

test('open pages learn of a change with its commit', async () => {
  await web.owner.event.deleteMany();
  await create();
  await update({ name: 'Other' });
  await call('POST', '/deployments/production/nodes', { address: '10.0.0.90' });
  await update({ masters: [] }, 7); // refused: no event
  await call('DELETE', '/deployments/production', { confirm: 'Other' });
  const events = await web.owner.event.findMany({ orderBy: { id: 'asc' } });
  expect(events.map((e) => [e.kind, e.data])).toEqual([
    ['delta', { deployment: 'production', reload: ['deployment'] }],
    ['delta', { deployment: 'production', reload: ['deployment', 'nodes'] }],
    ['delta', { deployment: 'production', reload: ['deployment', 'nodes'] }],
    ['delta', { deployment: 'production', reload: ['deployment'] }],
  ]);
});

test('remove needs the typed name, and takes secrets and history with it', async () => {
  const { body: made } = await create({ secrets: { redisPassword: 'x' } });
  const wrong = await call('DELETE', '/deployments/production', { confirm: 'production' });
  expect([wrong.status, fields(wrong.body)]).toEqual([422, ['confirm']]);
  expect((await call('DELETE', '/deployments/production', { confirm: 'Production' })).status).toBe(200);
  expect([await web.owner.secret.count(), await web.owner.node.count()]).toEqual([0, 0]);
  expect(await web.owner.auditEntry.count({ where: { verb: 'deployment.remove', deploymentId: made.id } })).toBe(1);
});

describe('nodes', () => {
  beforeEach(() => create());
  const declare = (body: object) => call<NodeView>('POST', '/deployments/production/nodes', body);
  const read = async (okAt: Date, found: Record<string, Date | null>) => {
    const { id: deploymentId } = await web.owner.deployment.findFirstOrThrow();
    await web.worker.sourceClock.upsert({
      where: { deploymentId_source: { deploymentId, source: 'redis' } },
      create: { deploymentId, source: 'redis', readAt: okAt, okAt },
      update: { readAt: okAt, okAt },
    });
    for (const [name, discoveredAt] of Object.entries(found)) {
      await web.owner.node.updateMany({ where: { deploymentId, name }, data: { discoveredAt } });
    }
  };
  test('drift shows both ways, and a found node that is declared keeps what was seen of it', async () => {
    const now = new Date();
    const { id: deploymentId } = await web.owner.deployment.findFirstOrThrow();
    const id = randomUUID();
    await web.worker.node.create({
      data: { id, deploymentId, name: 'media-7', role: 'media', address: '10.0.0.77', discoveredAt: now },
    });
    await read(now, { left: now });
    const drift = async () => Object.fromEntries((await nodes()).filter((n) => n.role === 'media').map((n) => [n.name, n.drift]));
    expect(await drift()).toEqual({ left: 'none', 'media-1': 'missing', 'media-7': 'undeclared' });
    const { status, body } = await declare({ address: '10.0.0.77' });
    expect([status, body.name, body.declared]).toEqual([201, 'media-7', true]);
    expect((await web.owner.node.findFirstOrThrow({ where: { name: 'media-7' } })).id).toBe(id);
    expect(await drift()).toMatchObject({ 'media-7': 'none' });
  });
  test('what is declared already, and a name that is taken, are refused beside the field', async () => {
    const twice = await declare({ address: '10.0.0.22' });
    expect([twice.status, fields(twice.body)]).toEqual([409, ['address']]);
    const name = await declare({ address: '10.0.0.30', name: 'left' });
    expect([name.status, fields(name.body)]).toEqual([409, ['name']]);
  });
  test('only a node that is not found can be forgotten; a master never', async () => {
    const now = new Date();
    await read(now, { left: now, 'media-1': new Date(now.getTime() - 3600_000) });
    const forget = (name: string) => call('DELETE', `/deployments/production/nodes/${name}`, {});
    expect((await forget('left')).status).toBe(409);
    expect((await forget('master-1')).status).toBe(409);
    expect((await forget('media-1')).status).toBe(200);
    expect((await nodes()).map((n) => n.name)).not.toContain('media-1');
    expect((await declare({ address: '10.0.0.21' })).body.name).toBe('media-1');
  });
});
