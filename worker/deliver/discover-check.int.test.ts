import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { DeploymentSettings, type SecretKind } from '@/lib/contract/inventory';
import { DiscoverTaskResult } from '@/lib/contract/tasks';
import { noRedis, REDIS_PASSWORD, startRedisCluster } from '@/lib/links/fixtures/redis';
import { noSshd, type Sshd, startSshd } from '@/lib/links/fixtures/sshd';
import { LivekitNode } from '@/lib/links/livekit-node';
import { endpointOf } from '@/lib/rules/secret-endpoint';
import { taskFixture } from '@/test/task-fixture';

const MASTERS = [11, 12, 13, 14].map((n) => `127.33.0.${n}`);
const LIVEKIT_SECRET = 'canary-livekit-secret-canary';
let t: Awaited<ReturnType<typeof taskFixture>>;
beforeAll(async () => {
  t = await taskFixture();
});
afterEach(() => t.stopWorkers());
afterAll(() => t.close());

const noLab = noSshd ?? noRedis;
if (noLab) console.warn(`skipped: discover and check against real servers (${noLab})`);
describe.skipIf(noLab)('four real masters', () => {
  let sshds: Sshd[];
  let cluster: Awaited<ReturnType<typeof startRedisCluster>>;
  const api = createServer((q, s) =>
    q.url?.startsWith('/twirp') ? s.end('{}') : s.writeHead(q.url === '/health/caddy' ? 200 : 404).end('OK'),
  );

  beforeAll(async () => {
    mkdirSync(path.join(t.install, 'config/cluster'), { recursive: true });
    mkdirSync(path.join(t.install, 'config/node'), { recursive: true });
    mkdirSync(path.join(t.dir, 'bin'));
    writeFileSync(path.join(t.dir, 'bin/docker'), '#!/bin/sh\n[ "$1" = ps ] || [ "$1" = inspect ] || exec sleep 60\n');
    chmodSync(path.join(t.dir, 'bin/docker'), 0o755);
    writeFileSync(path.join(t.install, 'deployment-info.yaml'), 'version: "3.9.0"\n');
    writeFileSync(
      path.join(t.install, 'config/cluster/openvidu.env'),
      `DOMAIN_NAME=calls.example.invalid\nLIVEKIT_API_KEY=lkkey\nLIVEKIT_API_SECRET=${LIVEKIT_SECRET}\nENABLED_MODULES=observability,openviduMeet\nOPENVIDU_RTC_ENGINE=pion\n`,
    );
    const masters = MASTERS.map((m, i) => `MASTER_NODE_${i + 1}_PRIVATE_IP=${m}`).join('\n');
    writeFileSync(path.join(t.install, 'config/node/master_node.env'), `${masters}\nREDIS_PASSWORD='${REDIS_PASSWORD}'\n`);
    cluster = await startRedisCluster(MASTERS);
    sshds = await Promise.all(MASTERS.map((address) => startSshd({ address, binFolder: path.join(t.dir, 'bin') })));
    await new Promise<void>((resolve) => api.listen(7880, MASTERS[0], resolve));
    const redis = await cluster.connect(MASTERS[0]!);
    const node = (id: string, ip: string, updatedAt: number) =>
      Buffer.from(new LivekitNode({ id, ip, state: 1, stats: { updatedAt: BigInt(Math.floor(updatedAt / 1000)) } }).toBinary());
    await redis.hset(
      'nodes',
      'ND_1',
      node('ND_1', '127.33.0.21', Date.now()),
      'ND_dead',
      node('ND_dead', '127.33.0.22', Date.now() - 3_600_000),
    );
    redis.disconnect();
  });
  afterAll(async () => {
    api.close();
    await Promise.all([cluster?.stop(), ...(sshds ?? []).map((s) => s.stop())]);
  });

  test('a first look ends with the host key to confirm, and has sent no credential', async () => {
    const { input, deploymentId } = await t.discovery({ address: MASTERS[0]!, sshKey: sshds[0]!.key });
    const { id } = await t.queue('discover', input, deploymentId);
    t.startWorker('f');
    const task = await t.finished(id);
    const result = DiscoverTaskResult.parse(task.result);
    expect(task.status).toBe('done');
    expect(result.hostKeys).toEqual([sshds[0]!.hostKey]);
    expect(result.sealed).toEqual([]);
    expect(task.steps.get(`ssh:${MASTERS[0]}`)).toMatchObject({ state: 'warning', hostKey: { state: 'new' } });
  });

  test('from one confirmed master comes the whole deployment, its secrets sealed for what was found', async () => {
    const { endpoint, fingerprint } = sshds[0]!.hostKey;
    const { input, deploymentId } = await t.discovery({
      address: MASTERS[0]!,
      sshKey: sshds[0]!.key,
      confirmHostKeys: [{ endpoint, fingerprint }],
    });
    const { id } = await t.queue('discover', input, deploymentId);
    t.startWorker('g');
    const task = await t.finished(id);
    expect(task.error).toBeNull();
    const result = DiscoverTaskResult.parse(task.result);
    expect(result.settings).toMatchObject({
      domain: 'calls.example.invalid',
      livekitUrl: `http://${MASTERS[0]}:7880`,
      livekitApiKey: 'lkkey',
      masters: MASTERS,
      sentinelMasterName: 'openvidu',
      installDir: t.install,
    });
    expect(result.detected).toEqual({
      version: '3.9.0',
      modules: ['observability', 'openviduMeet'],
      configLayout: 'cluster',
      rtcEngine: 'pion',
    });
    expect(result.mediaNodes).toEqual([{ address: '127.33.0.21' }]);
    expect(result.hostKeys).toEqual(expect.arrayContaining(sshds.map((s) => s.hostKey)));
    expect(result.secretsFound.toSorted()).toEqual(['livekitApiSecret', 'redisPassword', 'sshKey']);
    const settings = DeploymentSettings.parse({ ...result.settings, ssh: { user: 'root' } });
    const opened = await Promise.all(
      result.sealed.map(async (s) => {
        expect(s.boundTo).toBe(endpointOf(s.kind, settings));
        return [s.kind, await t.opener.open(Buffer.from(s.sealed, 'base64'), { deploymentId, kind: s.kind, boundTo: s.boundTo })];
      }),
    );
    expect(Object.fromEntries(opened)).toEqual({
      livekitApiSecret: LIVEKIT_SECRET,
      redisPassword: REDIS_PASSWORD,
      sshKey: sshds[0]!.key,
    });
    expect(await t.leak()).toBeUndefined();
  });

  test('a check tests every link apart: pinned, new and changed keys, Redis, LiveKit, HTTP, Mongo', async () => {
    const id = randomUUID();
    const settings = DeploymentSettings.parse({
      masters: MASTERS,
      ssh: { user: 'root' },
      livekitUrl: `http://${MASTERS[0]}:7880`,
      livekitApiKey: 'lkkey',
      installDir: t.install,
    });
    await t.db.deployment.create({ data: { id, slug: 'four', name: 'Four', platform: 'onprem', settings } });
    const secret = async (kind: SecretKind, value: string) => {
      const boundTo = endpointOf(kind, settings) ?? '';
      const sealed = Uint8Array.from(await t.sealer.seal(value, { deploymentId: id, kind, boundTo }));
      await t.db.secret.create({ data: { deploymentId: id, kind, boundTo, sealed, keyId: t.sealer.keyId } });
    };
    await secret('sshKey', sshds[0]!.key);
    await secret('redisPassword', REDIS_PASSWORD);
    await secret('livekitApiSecret', LIVEKIT_SECRET);
    const pin = (i: number, fingerprint = sshds[i]!.hostKey.fingerprint) =>
      t.db.hostKey.create({ data: { deploymentId: id, ...sshds[i]!.hostKey, fingerprint, confirmedBy: 'test' } });
    await Promise.all([pin(0), pin(1), pin(2, 'SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA')]);
    const { id: taskId } = await t.queue('check', {}, id);
    t.startWorker('h');
    const { steps, status, error } = await t.finished(taskId);
    expect({ status, error }).toEqual({ status: 'done', error: null });
    expect(steps.get(`ssh:${MASTERS[0]}`)).toMatchObject({
      state: 'ok',
      hostKey: { state: 'pinned' },
      detail: expect.stringMatching(/0 containers/),
    });
    expect(steps.get(`ssh:${MASTERS[1]}`)).toMatchObject({
      state: 'failed',
      detail: expect.stringMatching(/refused this key for user root/),
    });
    expect(steps.get(`ssh:${MASTERS[2]}`)).toMatchObject({ state: 'failed', hostKey: { state: 'changed' } });
    expect(steps.get(`ssh:${MASTERS[3]}`)).toMatchObject({ state: 'warning', hostKey: { state: 'new' } });
    expect(steps.get('redis')).toMatchObject({ state: 'ok', detail: expect.stringMatching(/Master 127\.33\.0\.11:7000/) });
    expect(steps.get('livekit')).toMatchObject({ state: 'ok' });
    expect(steps.get('mongo')).toMatchObject({ state: 'failed', advice: expect.any(String) });
    expect(steps.get(`http:${MASTERS[0]}:caddy`)).toMatchObject({ state: 'ok' });
    expect(steps.get(`http:${MASTERS[1]}:caddy`)).toMatchObject({ state: 'failed', detail: expect.stringMatching(/closed/) });
    for (const step of steps.values())
      if (step.state === 'failed' || step.state === 'warning') expect(step.advice, step.key).toBeTruthy();
    expect(await t.leak()).toBeUndefined();
  });

  test('a secret that was given for another address is not used', async () => {
    const { input, deploymentId } = await t.discovery({ address: MASTERS[0]!, sshPassword: 'canary' });
    const { id } = await t.queue('discover', { ...input, address: MASTERS[1] }, deploymentId);
    t.startWorker('i');
    expect(await t.finished(id)).toMatchObject({ status: 'failed', error: expect.stringMatching(/given for another address/) });
  });
});
