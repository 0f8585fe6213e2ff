import { createHmac } from 'node:crypto';
import type pg from 'pg';
import type { Logger } from 'pino';
import { openDb, type Db } from '@/lib/db/client';
import { sealerFrom, type Sealer } from '@/lib/db/seal';
import { createAuth, type Auth } from './auth';
import { readEnvironment, type Environment } from './environment';
import { openLog } from './log';
import { createMetrics, type Metrics } from './metrics';
import { StreamHub } from './stream/hub';

/** What one web process holds: made once, shared by every request. */
export type Runtime = {
  env: Environment;
  db: Db;
  pool: pg.Pool;
  log: Logger;
  auth: Auth;
  hub: StreamHub;
  metrics: Metrics;
  /** Loaded with the first secret that enters. */
  sealer: () => Promise<Sealer>;
  /** Keyed, so that a stored hash of a request body cannot be used to guess a password in it. */
  requestHash: (text: string) => string;
  close: () => Promise<void>;
};

/** Longer than any query of the web process takes, in ms. */
const QUERY_TIMEOUT_MS = 10_000;

export function createRuntime(env: Environment, { queryTimeoutMs = QUERY_TIMEOUT_MS } = {}): Runtime {
  const log = openLog(env.SIGNALBOX_LOG_LEVEL);
  const { db, pool, close } = openDb(env.DATABASE_URL, {
    queryTimeoutMs,
    onError: (err) => log.warn({ err }, 'a database connection ended'),
  });
  const auth = createAuth(db, env, log);
  const hub = new StreamHub({ databaseUrl: env.DATABASE_URL, db, log });
  let sealer: Promise<Sealer> | undefined;
  const key = createHmac('sha256', env.SIGNALBOX_SECRET).update('idempotency').digest();
  return {
    env,
    db,
    pool,
    log,
    auth,
    hub,
    metrics: createMetrics({ pool, hub }),
    sealer: () => {
      sealer ??= sealerFrom(env.SIGNALBOX_SEALING_PUBLIC);
      sealer.catch(() => (sealer = undefined)); // read again with the next request
      return sealer;
    },
    requestHash: (text) => createHmac('sha256', key).update(text).digest('hex'),
    close: async () => {
      await hub.close();
      await close();
    },
  };
}

// Next gives each route its own copy of a module, so the one runtime of the process hangs on the global object.
const SLOT = Symbol.for('signalbox.runtime');
type Slot = { [SLOT]?: Runtime };

export function runtime(): Runtime {
  const slot = globalThis as Slot; // a symbol of our own on the global object
  return (slot[SLOT] ??= createRuntime(readEnvironment()));
}
