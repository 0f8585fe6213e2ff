import { setTimeout as delay } from 'node:timers/promises';
import { checkRoles, checkServer, embeddedConnections, makeLogins, ownConnections, type Connections } from '@/lib/db/connections';
import { readSettings, startEmbedded, type EmbeddedPostgres } from '@/lib/db/embedded';
import { migrate } from '@/lib/db/migrate';
import type { LaunchSettings } from './settings';

export interface Database {
  connections: Connections;
  /** The embedded server; undefined with DATABASE_URL. */
  server: EmbeddedPostgres | undefined;
  /** Settles with why, when the embedded server has ended and cannot be started again. Never with DATABASE_URL. */
  failed: Promise<string>;
  stop: () => Promise<void>;
}

interface DatabaseOptions {
  dataDir: string;
  settings: LaunchSettings;
  log: (line: string) => void;
}

/** A migrated database, and the connections of its roles: one's own server when DATABASE_URL is set, else the embedded one. */
export async function openDatabase({ dataDir, settings, log }: DatabaseOptions): Promise<Database> {
  const { DATABASE_URL } = settings;
  return DATABASE_URL ? openOwn({ ...settings, DATABASE_URL }, log) : openEmbedded(dataDir, log);
}

async function openOwn(settings: LaunchSettings & { DATABASE_URL: string }, log: (line: string) => void): Promise<Database> {
  const connections = ownConnections(settings);
  const warning = await whenReachable(() => checkServer(connections.owner), log);
  if (warning) log(warning);
  await migrate({ url: connections.owner, log });
  await checkRoles(connections);
  return { connections, server: undefined, failed: new Promise(() => undefined), stop: async () => undefined };
}

async function openEmbedded(dataDir: string, log: (line: string) => void): Promise<Database> {
  const server = await startEmbedded({ dataDir, log });
  try {
    const passwords = await readSettings(dataDir);
    const connections = await embeddedConnections(server, passwords);
    await migrate({ url: connections.owner, log });
    await makeLogins(server, passwords);
    await checkRoles(connections);
    return { connections, server, ...keepRunning(server, () => startEmbedded({ dataDir, log }), log) };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

const MOST_SHORT_LIVES = 5;
const HEALTHY_MS = 60_000;

/** A server that was killed is started again on its port, where console and worker find it; not when it keeps ending within a minute. */
function keepRunning(
  first: EmbeddedPostgres,
  again: () => Promise<EmbeddedPostgres>,
  log: (line: string) => void,
): Pick<Database, 'failed' | 'stop'> {
  let server = first;
  let starting: Promise<unknown> = Promise.resolve();
  let stopping = false;
  const watch = async (): Promise<string> => {
    for (let shortLives = 0; ;) {
      const born = Date.now();
      const said = await server.ended;
      if (stopping) return new Promise(() => undefined);
      shortLives = Date.now() - born > HEALTHY_MS ? 0 : shortLives + 1;
      if (shortLives > MOST_SHORT_LIVES) return said;
      log('the embedded Postgres has ended; starting it again');
      const next = again();
      starting = next.catch(() => undefined);
      server = await next;
      if (server.port !== first.port && !stopping)
        return `port ${first.port} of the database was taken by another program meanwhile`;
    }
  };
  return {
    failed: watch().catch((error: unknown) => String(error)),
    stop: async () => {
      stopping = true;
      await starting;
      await server.stop();
    },
  };
}

/** After a restart of the machine one's own server may come up later than Signalbox. */
async function whenReachable<T>(attempt: () => Promise<T>, log: (line: string) => void, withinMs = 60_000): Promise<T> {
  const end = Date.now() + withinMs;
  for (let said = false; ; said = true) {
    try {
      return await attempt();
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      if (!PASSING.has(code) || Date.now() > end) throw databaseError(error);
      if (!said) log(`the database of DATABASE_URL does not answer yet (${code}); trying for ${withinMs / 1000} s`);
      await delay(1_000);
    }
  }
}

/** Not listening, unknown name for now, starting up (SQLSTATE cannot_connect_now). */
const PASSING = new Set(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EAI_AGAIN', '57P03']);

function databaseError(error: unknown): Error {
  if (error instanceof AggregateError) return new Error(`DATABASE_URL: ${error.errors.map(String).join('; ')}`, { cause: error });
  return new Error(`DATABASE_URL: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
}
