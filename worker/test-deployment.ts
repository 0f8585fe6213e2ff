import { randomUUID } from 'node:crypto';
import pg from 'pg';
import pino from 'pino';
import { DeploymentSettings } from '@/lib/contract/inventory';
import type { WorkerClock } from './clock';
import type { FakeCluster } from './fake-cluster';
import { runWorker, type Worker } from './run';

/** A deployment as web would declare it: masters as nodes, media nodes left to be found. For tests. */
export async function declareDeployment(
  owner: pg.Pool,
  cluster: Pick<FakeCluster, 'masters'>,
  slug = `d-${randomUUID().slice(0, 8)}`,
): Promise<{ id: string; slug: string }> {
  const id = randomUUID();
  const settings = DeploymentSettings.parse({ masters: cluster.masters, ssh: { user: 'root' } });
  await owner.query('INSERT INTO deployment (id, slug, name, platform, settings) VALUES ($1, $2, $2, $3, $4)', [
    id,
    slug,
    'onprem',
    JSON.stringify(settings),
  ]);
  return { id, slug };
}

export function startWorker(databaseUrl: string, cluster: FakeCluster, id?: string, clock?: WorkerClock): Worker {
  return runWorker({
    databaseUrl,
    opener: null,
    openLinks: cluster.open,
    log: pino({ level: process.env.TEST_LOG ?? 'silent' }),
    id,
    clock,
  });
}

/** Asks until it holds. @throws with the last answer after `ms` */
export async function until<T>(ask: () => Promise<T>, holds: (x: T) => boolean, ms = 10_000): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const last = await ask();
    if (holds(last)) return last;
    if (Date.now() > end) throw new Error(`not within ${ms} ms; last: ${JSON.stringify(last)?.slice(0, 1000)}`);
    await new Promise((r) => setTimeout(r, 40));
  }
}
