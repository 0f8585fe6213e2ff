import { isDatabaseAway } from '@/lib/db/away';
import type { Runtime } from './runtime';

/** The newest migration that this program was built for; a test holds it to prisma/migrations. */
export const LATEST_MIGRATION = '0003_cleanup';

export type Readiness = { ready: boolean; checks: { database: string; migrations: string } };

/** Whether this process can serve: the database answers and has the schema that the program was built for. */
export async function readiness(rt: Pick<Runtime, 'db'>): Promise<Readiness> {
  try {
    const rows = await rt.db.$queryRaw<{ name: string; done: boolean }[]>`
      SELECT migration_name AS name, finished_at IS NOT NULL AS done FROM _prisma_migrations WHERE rolled_back_at IS NULL`;
    const open = rows.filter((r) => !r.done).map((r) => r.name);
    const there = rows.some((r) => r.name === LATEST_MIGRATION && r.done);
    const migrations = open.length > 0 ? `not finished: ${open.join(', ')}` : there ? 'ok' : `missing: ${LATEST_MIGRATION}`;
    return { ready: migrations === 'ok', checks: { database: 'ok', migrations } };
  } catch (error) {
    const database = isDatabaseAway(error) ? 'does not answer' : 'cannot be read';
    return { ready: false, checks: { database, migrations: 'unknown' } };
  }
}

const json = (body: unknown, status: number) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', 'cache-control': 'no-store' } });

/** The process lives; nothing else is asked, so that a lost database does not get it killed. Open to everyone. */
export const handleHealthz = (): Response => json({ status: 'ok' }, 200);

/** For load balancers: 503 until this process can serve. Open to everyone; says no more than which part is missing. */
export async function handleReadyz(rt: Runtime): Promise<Response> {
  const { ready, checks } = await readiness(rt);
  return json({ status: ready ? 'ok' : 'unavailable', checks }, ready ? 200 : 503);
}
