import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { DeploymentDetail } from '@/lib/contract/inventory';
import type { Problem } from '@/lib/contract/problem';
import { DiscoverTaskInput, type TaskView } from '@/lib/contract/tasks';
import { endpointOf } from '@/lib/rules/secret-endpoint';
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
beforeEach(async () => {
  await web.owner.deployment.deleteMany();
  await web.workerSeen();
});

/** Parsed by nobody: the server's own output check did. */
async function call<T>(method: string, path: string, body?: unknown) {
  const answer = await web.fetch(`/api/v1${path}`, { method, token, body });
  return { status: answer.status, body: (await answer.json()) as T & Errors };
}
const create = (more: object = {}) => call<Detail>('POST', '/deployments', { ...DEPLOYMENT, ...more });
const fields = (problem: Errors) => problem.errors?.map((e) => e.field);

describe('tasks', () => {
  test('without a worker in the last 10 s nothing is queued: the answer says so instead of waiting for nobody', async () => {
    await create();
    const before = await web.owner.task.count();
    await web.workerSeen(new Date(Date.now() - 10_500));
    const discovery = { address: '10.0.0.11', auth: 'password', secrets: { sshPassword: 'pass' } };
    for (const [path, body] of [['/deployments/production/check'], ['/discover', discovery]] as const) {
      const refused = await call<Problem>('POST', path, body);
      expect([refused.status, refused.body.type]).toEqual([503, '/problems/no-worker']);
      expect(refused.body.detail).toMatch(/^No worker is running/);
    }
    expect(await web.owner.task.count()).toBe(before);
    await web.workerSeen(new Date(Date.now() - 5_000));
    expect((await call('POST', '/deployments/production/check')).status).toBe(202);
  });

  test('a check is queued with its audit row, and its steps are shown as they stand', async () => {
    await create();
    const { status, body } = await call<TaskView>('POST', '/deployments/production/check');
    expect([status, body.status, body.kind]).toEqual([202, 'queued', 'check']);
    const step = (key: string, state: string) => ({ key, label: key, state, detail: null, advice: null, ms: null });
    for (const [seq, data] of [step('redis', 'running'), step('livekit', 'running'), step('redis', 'ok')].entries()) {
      await web.worker.taskChunk.create({ data: { taskId: body.id, seq, data } });
    }
    const task = await call<TaskView>('GET', `/tasks/${body.id}`);
    expect(task.body.steps.map((s) => [s.key, s.state])).toEqual([
      ['redis', 'ok'],
      ['livekit', 'running'],
    ]);
  });

  test('a discovery is taken over: sealed secrets and confirmed host keys, seen by nobody', async () => {
    const begun = await call<TaskView>('POST', '/discover', {
      address: '10.0.0.11',
      auth: 'password',
      secrets: { sshPassword: 'pass' },
    });
    expect(begun.status).toBe(202);
    const keyless = await call('POST', '/discover', { address: '10.0.0.11' });
    expect([keyless.status, fields(keyless.body)]).toEqual([422, ['secrets.sshKey']]);
    const row = await web.owner.task.findUniqueOrThrow({ where: { id: begun.body.id } });
    const input = DiscoverTaskInput.parse(row.input);
    expect(input.sealed.map((s) => s.boundTo)).toEqual(['root@10.0.0.11:22']);
    // What the worker does.
    const opener = await web.opener();
    const { deploymentId } = row;
    const settings = { ...DEPLOYMENT, ports: { ssh: 22, redis: 7000, sentinel: 7001 }, ssh: { user: 'root', jump: null } };
    const seal = async (kind: 'sshPassword' | 'redisPassword', value: string) => {
      const boundTo = endpointOf(kind, settings) ?? '';
      const sealed = Buffer.from(await opener.seal(value, { deploymentId, kind, boundTo })).toString('base64');
      return { kind, boundTo, sealed, keyId: opener.keyId };
    };
    const hostKey = { endpoint: '10.0.0.11:22', algorithm: 'ssh-ed25519', fingerprint: 'SHA256:abc' };
    const result = {
      settings: { masters: DEPLOYMENT.masters },
      mediaNodes: [],
      detected: { version: '3.4.0', modules: [], configLayout: null, rtcEngine: null },
      secretsFound: ['redisPassword'],
      hostKeys: [{ ...hostKey, publicKey: 'AAAA' }],
      notes: [],
      sealed: [await seal('sshPassword', 'pass'), await seal('redisPassword', 'found')],
    };
    await web.worker.task.update({ where: { id: row.id }, data: { status: 'done', result } });
    const seen = await web.fetch(`/api/v1/tasks/${row.id}`, { token });
    expect(await seen.text()).not.toContain(result.sealed[1]?.sealed);

    const from = { discoverTaskId: row.id };
    const elsewhere = await create({ ...from, masters: ['10.9.9.1', '10.9.9.2', '10.9.9.3', '10.9.9.4'] });
    expect([elsewhere.status, fields(elsewhere.body)]).toEqual([422, ['secrets.sshPassword', 'secrets.redisPassword']]);
    const unseen = await create({ ...from, confirmHostKeys: [{ ...hostKey, fingerprint: 'SHA256:other' }] });
    expect(fields(unseen.body)).toEqual(['confirmHostKeys.0']);
    const once = { method: 'POST', token, headers: { 'idempotency-key': 'take-over' } };
    const takeOver = async () => {
      const answer = await web.fetch('/api/v1/deployments', {
        ...once,
        body: { ...DEPLOYMENT, ...from, confirmHostKeys: [hostKey, hostKey] }, // twice is once
      });
      return { status: answer.status, body: (await answer.json()) as Detail };
    };
    const { status, body } = await takeOver();
    expect([status, body.id]).toEqual([201, deploymentId]);
    expect(await takeOver()).toEqual({ status, body });
    expect(body.secrets.map((s) => s.kind)).toEqual(['redisPassword', 'sshPassword']);
    expect(body.hostKeys.map((k) => k.fingerprint)).toEqual(['SHA256:abc']);
    const stored = await web.owner.secret.findFirstOrThrow({ where: { kind: 'redisPassword' } });
    expect(await opener.open(stored.sealed, stored)).toBe('found');
    expect((await create(from)).status).toBe(409);
  });
});
