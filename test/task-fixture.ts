import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { SecretKind } from '@/lib/contract/inventory';
import { CheckStep } from '@/lib/contract/tasks';
import { openDb } from '@/lib/db/client';
import { generateSealingKeys, loadOpener, loadSealer } from '@/lib/db/seal';
import { until } from '@/lib/links/fixtures/process';
import { endpointOf, type EndpointSettings } from '@/lib/rules/secret-endpoint';
import { testDatabase } from './database';
import { runTasks } from '@/worker/deliver/run-tasks';

type Discovery = {
  address: string;
  sshKey?: string;
  sshPassword?: string;
  confirmHostKeys?: object[];
  installDir?: string;
};

/** A database, a pair of sealing keys, and workers that carry out its tasks; for tests. */
export async function taskFixture() {
  const dir = mkdtempSync(path.join(tmpdir(), 'signalbox-tasks-'));
  const install = path.join(dir, 'opt/openvidu');
  const database = await testDatabase();
  const owner = openDb(database.url, { max: 4 });
  const worker = openDb(database.workerUrl, { max: 6 });
  const keys = await generateSealingKeys(path.join(dir, 'keys'));
  const [sealer, opener] = await Promise.all([loadSealer(keys.publicFile), loadOpener(keys.privateFile)]);
  const workers: { stop: () => Promise<void> }[] = [];
  const taskOf = (id: string) =>
    owner.db.task.findUniqueOrThrow({ where: { id }, include: { chunks: { orderBy: { seq: 'asc' } } } });

  return {
    ...{ dir, install, db: owner.db, sealer, opener, taskOf },
    startWorker(id: string) {
      const stop = new AbortController();
      const errors: string[] = [];
      const onError = (message: string, error: unknown) => errors.push(`${message}: ${String(error)}`);
      const done = runTasks({ db: worker.db, opener, workerId: id, signal: stop.signal, onError });
      const handle = { errors, stop: () => (stop.abort(), done) };
      workers.push(handle);
      return handle;
    },
    async stopWorkers() {
      for (const w of workers.splice(0)) await w.stop();
    },
    async queue(kind: string, input: object, deploymentId = randomUUID()) {
      const id = randomUUID();
      // JSON in, JSON out: as Prisma's type wants it.
      await owner.db.task.create({
        data: { id, kind, deploymentId, input: JSON.parse(JSON.stringify(input)), createdBy: 'test' },
      });
      return { id, deploymentId };
    },
    async finished(id: string, ms = 40_000) {
      await until(async () => ['done', 'failed'].includes((await taskOf(id)).status), `task ${id}`, ms);
      const task = await taskOf(id);
      return { ...task, steps: new Map(task.chunks.map((c) => CheckStep.parse(c.data)).map((s) => [s.key, s])) };
    },
    /** The first thing in any row of tasks and chunks that must not be there. */
    async leak() {
      const rows = JSON.stringify([await owner.db.task.findMany(), await owner.db.taskChunk.findMany()]);
      return /canary|PRIVATE KEY/.exec(rows)?.[0];
    },
    /** What web queues for a discovery: the secret sealed for the one master that is known. */
    async discovery({ address, sshKey, sshPassword, ...more }: Discovery) {
      const deploymentId = randomUUID();
      const ports = { ssh: 22, redis: 7000, sentinel: 7001 };
      const settings: EndpointSettings = { livekitUrl: null, masters: [address], ssh: { user: 'root', jump: null }, ports };
      const kind: SecretKind = sshKey ? 'sshKey' : 'sshPassword';
      const boundTo = endpointOf(kind, settings) ?? '';
      const sealed = await sealer.seal(sshKey ?? sshPassword ?? '', { deploymentId, kind, boundTo });
      const box = { kind, boundTo, sealed: Buffer.from(sealed).toString('base64'), keyId: sealer.keyId };
      const way = { address, port: 22, user: 'root', auth: sshKey ? 'key' : 'password', mode: 'full', jump: null };
      return { deploymentId, input: { ...way, installDir: install, confirmHostKeys: [], ...more, sealed: [box] } };
    },
    async close() {
      await Promise.all([owner.close(), worker.close()]);
      await database.drop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
