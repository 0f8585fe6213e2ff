import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { DeploymentSettings, type SecretKind } from '@/lib/contract/inventory';
import { CheckStep, DiscoverTaskResult } from '@/lib/contract/tasks';
import { type Db, openDb } from '@/lib/db/client';
import { generateSealingKeys, loadOpener, loadSealer, type Opener, type Sealer } from '@/lib/db/seal';
import { until } from '@/lib/links/fixtures/process';
import { noRedis, REDIS_PASSWORD, startRedisCluster } from '@/lib/links/fixtures/redis';
import { noSshd, type Sshd, startSshd } from '@/lib/links/fixtures/sshd';
import { LivekitNode } from '@/lib/links/livekit-node';
import { endpointOf, type EndpointSettings } from '@/lib/rules/secret-endpoint';
import { testDatabase } from '@/test/database';
import { runTasks } from './run-tasks';
import { TAKE_OVER_MS } from './task-rows';

const MASTERS = [11, 12, 13, 14].map((n) => `127.33.0.${n}`);
const LIVEKIT_SECRET = 'canary-livekit-secret-canary';
const dir = mkdtempSync(path.join(tmpdir(), 'signalbox-tasks-'));
const install = path.join(dir, 'opt/openvidu');
let database: Awaited<ReturnType<typeof testDatabase>>;
let owner: ReturnType<typeof openDb>;
let worker: ReturnType<typeof openDb>;
let sealer: Sealer;
let opener: Opener;

beforeAll(async () => {
  database = await testDatabase();
  owner = openDb(database.url, { max: 4 });
  worker = openDb(database.workerUrl, { max: 6 });
  const keys = await generateSealingKeys(path.join(dir, 'keys'));
  [sealer, opener] = await Promise.all([loadSealer(keys.publicFile), loadOpener(keys.privateFile)]);
});
afterAll(async () => {
  await Promise.all([owner?.close(), worker?.close()]);
  await database?.drop();
  rmSync(dir, { recursive: true, force: true });
});

const workers: { stop: () => Promise<void> }[] = [];
function startWorker(id: string, db: Db = worker.db) {
  const stop = new AbortController();
  const errors: string[] = [];
  const done = runTasks({ db, opener, workerId: id, signal: stop.signal, onError: (m, e) => errors.push(`${m}: ${String(e)}`) });
  const handle = { errors, stop: () => (stop.abort(), done) };
  workers.push(handle);
  return handle;
}
afterEach(async () => {
  for (const w of workers.splice(0)) await w.stop();
});

async function queue(kind: string, input: object, deploymentId = randomUUID()) {
  const id = randomUUID();
  // JSON in, JSON out: as Prisma's type wants it.
  await owner.db.task.create({ data: { id, kind, deploymentId, input: JSON.parse(JSON.stringify(input)), createdBy: 'test' } });
  return { id, deploymentId };
}
const taskOf = (id: string) =>
  owner.db.task.findUniqueOrThrow({ where: { id }, include: { chunks: { orderBy: { seq: 'asc' } } } });
async function finished(id: string, ms = 40_000) {
  await until(async () => ['done', 'failed'].includes((await taskOf(id)).status), `task ${id}`, ms);
  const task = await taskOf(id);
  const last = new Map(task.chunks.map((c) => CheckStep.parse(c.data)).map((s) => [s.key, s]));
  return { ...task, steps: last };
}
const everything = async () => JSON.stringify([await owner.db.task.findMany(), await owner.db.taskChunk.findMany()]);

describe('claiming', () => {
  test('two workers carry each task out once', async () => {
    const ids = await Promise.all(Array.from({ length: 12 }, async () => (await queue('unheard-of', {})).id));
    startWorker('a');
    startWorker('b');
    const tasks = await Promise.all(ids.map((id) => finished(id)));
    for (const task of tasks)
      expect(task).toMatchObject({ status: 'failed', error: expect.stringMatching(/knows no task of kind/) });
    expect(new Set(tasks.map((t) => t.claimedBy)).size).toBeGreaterThanOrEqual(1);
  });

  test('the task of a worker that died is taken over, one that renews is left alone', async () => {
    const dead = await queue('check', {});
    const alive = await queue('check', {});
    const claimed = { status: 'running', claimedBy: 'other', startedAt: new Date() };
    await owner.db.task.update({
      where: { id: dead.id },
      data: { ...claimed, heartbeatAt: new Date(Date.now() - TAKE_OVER_MS - 1_000) },
    });
    await owner.db.task.update({ where: { id: alive.id }, data: { ...claimed, heartbeatAt: new Date() } });
    startWorker('c');
    expect(await finished(dead.id)).toMatchObject({ claimedBy: 'c', status: 'failed', error: 'This deployment was removed.' });
    expect(await taskOf(alive.id)).toMatchObject({ claimedBy: 'other', status: 'running' });
    await owner.db.task.delete({ where: { id: alive.id } });
  });

  test('a worker that is stopped gives its task back at once', async () => {
    const host = (await import('node:net')).createServer(() => undefined);
    await new Promise<void>((resolve) => host.listen(22, '127.33.9.1', resolve));
    const input = await discoverInput({ address: '127.33.9.1', sshPassword: 'canary' });
    const { id } = await queue('discover', input.input, input.deploymentId);
    const first = startWorker('d');
    await until(async () => (await taskOf(id)).chunks.length > 0, 'begun');
    await first.stop();
    expect(await taskOf(id)).toMatchObject({ status: 'queued', claimedBy: null });
    await owner.db.task.delete({ where: { id } });
    host.close();
  });

  test('what breaks inside is told without its words, which may hold anything', async () => {
    const { id } = await queue('discover', { address: 'malformed' });
    const w = startWorker('e');
    expect(await finished(id)).toMatchObject({ status: 'failed', error: 'Signalbox failed.' });
    expect(w.errors).toHaveLength(1);
  });
});

async function discoverInput({
  address,
  sshKey,
  sshPassword,
  ...more
}: {
  address: string;
  sshKey?: string;
  sshPassword?: string;
  confirmHostKeys?: object[];
  installDir?: string;
}) {
  const deploymentId = randomUUID();
  const settings: EndpointSettings = {
    livekitUrl: null,
    masters: [address],
    ssh: { user: 'root', jump: null },
    ports: { ssh: 22, redis: 7000, sentinel: 7001 },
  };
  const kind: SecretKind = sshKey ? 'sshKey' : 'sshPassword';
  const boundTo = endpointOf(kind, settings) ?? '';
  const sealed = await sealer.seal(sshKey ?? sshPassword ?? '', { deploymentId, kind, boundTo });
  const box = { kind, boundTo, sealed: Buffer.from(sealed).toString('base64'), keyId: sealer.keyId };
  const base = {
    address,
    port: 22,
    user: 'root',
    auth: sshKey ? 'key' : 'password',
    mode: 'full',
    jump: null,
    installDir: install,
    confirmHostKeys: [],
  };
  return { deploymentId, input: { ...base, ...more, sealed: [box] } };
}

const noLab = noSshd ?? noRedis;
if (noLab) console.warn(`skipped: discover and check against real servers (${noLab})`);
describe.skipIf(noLab)('four real masters', () => {
  let sshds: Sshd[];
  let cluster: Awaited<ReturnType<typeof startRedisCluster>>;
  const api = createServer((q, s) =>
    q.url?.startsWith('/twirp') ? s.end('{}') : s.writeHead(q.url === '/health/caddy' ? 200 : 404).end('OK'),
  );

  beforeAll(async () => {
    mkdirSync(path.join(install, 'config/cluster'), { recursive: true });
    mkdirSync(path.join(install, 'config/node'), { recursive: true });
    mkdirSync(path.join(dir, 'bin'));
    writeFileSync(path.join(dir, 'bin/docker'), '#!/bin/sh\n[ "$1" = ps ] || [ "$1" = inspect ] || exec sleep 60\n');
    chmodSync(path.join(dir, 'bin/docker'), 0o755);
    writeFileSync(path.join(install, 'deployment-info.yaml'), 'version: "3.9.0"\n');
    writeFileSync(
      path.join(install, 'config/cluster/openvidu.env'),
      `DOMAIN_NAME=calls.example.invalid\nLIVEKIT_API_KEY=lkkey\nLIVEKIT_API_SECRET=${LIVEKIT_SECRET}\nENABLED_MODULES=observability,openviduMeet\nOPENVIDU_RTC_ENGINE=pion\n`,
    );
    const masters = MASTERS.map((m, i) => `MASTER_NODE_${i + 1}_PRIVATE_IP=${m}`).join('\n');
    writeFileSync(path.join(install, 'config/node/master_node.env'), `${masters}\nREDIS_PASSWORD='${REDIS_PASSWORD}'\n`);
    cluster = await startRedisCluster(MASTERS);
    sshds = await Promise.all(MASTERS.map((address) => startSshd({ address, binFolder: path.join(dir, 'bin') })));
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
    const { input, deploymentId } = await discoverInput({ address: MASTERS[0]!, sshKey: sshds[0]!.key });
    const { id } = await queue('discover', input, deploymentId);
    startWorker('f');
    const task = await finished(id);
    const result = DiscoverTaskResult.parse(task.result);
    expect(task.status).toBe('done');
    expect(result.hostKeys).toEqual([sshds[0]!.hostKey]);
    expect(result.sealed).toEqual([]);
    expect(task.steps.get(`ssh:${MASTERS[0]}`)).toMatchObject({ state: 'warning', hostKey: { state: 'new' } });
  });

  test('from one confirmed master comes the whole deployment, its secrets sealed for what was found', async () => {
    const { endpoint, fingerprint } = sshds[0]!.hostKey;
    const { input, deploymentId } = await discoverInput({
      address: MASTERS[0]!,
      sshKey: sshds[0]!.key,
      confirmHostKeys: [{ endpoint, fingerprint }],
    });
    const { id } = await queue('discover', input, deploymentId);
    startWorker('g');
    const task = await finished(id);
    expect(task.error).toBeNull();
    const result = DiscoverTaskResult.parse(task.result);
    expect(result.settings).toMatchObject({
      domain: 'calls.example.invalid',
      livekitUrl: `http://${MASTERS[0]}:7880`,
      livekitApiKey: 'lkkey',
      masters: MASTERS,
      sentinelMasterName: 'openvidu',
      installDir: install,
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
        return [s.kind, await opener.open(Buffer.from(s.sealed, 'base64'), { deploymentId, kind: s.kind, boundTo: s.boundTo })];
      }),
    );
    expect(Object.fromEntries(opened)).toEqual({
      livekitApiSecret: LIVEKIT_SECRET,
      redisPassword: REDIS_PASSWORD,
      sshKey: sshds[0]!.key,
    });
    expect(/canary|PRIVATE KEY/.exec(await everything())?.[0]).toBeUndefined();
  });

  test('a check tests every link apart: pinned, new and changed keys, Redis, LiveKit, HTTP, Mongo', async () => {
    const id = randomUUID();
    const settings = DeploymentSettings.parse({
      masters: MASTERS,
      ssh: { user: 'root' },
      livekitUrl: `http://${MASTERS[0]}:7880`,
      livekitApiKey: 'lkkey',
      installDir: install,
    });
    await owner.db.deployment.create({ data: { id, slug: 'four', name: 'Four', platform: 'onprem', settings } });
    const secret = async (kind: SecretKind, value: string) => {
      const boundTo = endpointOf(kind, settings) ?? '';
      const sealed = Uint8Array.from(await sealer.seal(value, { deploymentId: id, kind, boundTo }));
      await owner.db.secret.create({ data: { deploymentId: id, kind, boundTo, sealed, keyId: sealer.keyId } });
    };
    await secret('sshKey', sshds[0]!.key);
    await secret('redisPassword', REDIS_PASSWORD);
    await secret('livekitApiSecret', LIVEKIT_SECRET);
    const pin = (i: number, fingerprint = sshds[i]!.hostKey.fingerprint) =>
      owner.db.hostKey.create({ data: { deploymentId: id, ...sshds[i]!.hostKey, fingerprint, confirmedBy: 'test' } });
    await Promise.all([pin(0), pin(1), pin(2, 'SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA')]);
    const { id: taskId } = await queue('check', {}, id);
    startWorker('h');
    const { steps, status, error } = await finished(taskId);
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
    expect(/canary|PRIVATE KEY/.exec(await everything())?.[0]).toBeUndefined();
  });

  test('a secret that was given for another address is not used', async () => {
    const { input, deploymentId } = await discoverInput({ address: MASTERS[0]!, sshPassword: 'canary' });
    const { id } = await queue('discover', { ...input, address: MASTERS[1] }, deploymentId);
    startWorker('i');
    expect(await finished(id)).toMatchObject({ status: 'failed', error: expect.stringMatching(/given for another address/) });
  });
});
