import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { Prisma, PrismaClient } from './generated/client';

export type Db = PrismaClient;
export type Tx = Prisma.TransactionClient;
export { Prisma };

/**
 * A Prisma client over one pool. Both processes use it, each with its own role's URL.
 * The pool survives a restart of Postgres: broken idle connections are dropped, the next query opens a new one.
 */
export function openDb(
  url: string,
  { max = 10, queryTimeoutMs, onError }: { max?: number; queryTimeoutMs?: number; onError?: (e: Error) => void } = {},
): { db: Db; pool: pg.Pool; close: () => Promise<void> } {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    // A server that neither answers nor refuses would hold a request for as long as TCP hopes.
    ...(queryTimeoutMs !== undefined && { query_timeout: queryTimeoutMs }),
  });
  pool.on('error', (e) => onError?.(e));
  // One that is checked out has no listener of the pool's: its loss fails its query, and must not end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const db = new PrismaClient({ adapter: new PrismaPg(pool, { disposeExternalPool: false }) });
  return {
    db,
    pool,
    close: async () => {
      await db.$disconnect();
      await pool.end();
    },
  };
}
