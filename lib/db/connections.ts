import { Client } from 'pg';
import type { EmbeddedPostgres, PostgresSettings } from './embedded';

/** Where each part of Signalbox connects. `owner` migrates and backs up; web and worker have a role each, with the grants of the migrations. */
export interface Connections {
  owner: string;
  web: string;
  worker: string;
}

export const WEB_ROLE = 'signalbox_web';
export const WORKER_ROLE = 'signalbox_worker';
const EMBEDDED_DATABASE = 'signalbox';
const OWNER_LOGIN = 'signalbox_owner';

/** The URLs of the embedded server. The database and the owner's login are made when missing; web and worker's by `makeLogins`. */
export async function embeddedConnections(server: EmbeddedPostgres, settings: PostgresSettings): Promise<Connections> {
  await withClient(server.url(), async (client) => {
    await makeLogin(client, OWNER_LOGIN, settings.owner);
    await client.query(`ALTER ROLE ${OWNER_LOGIN} CREATEROLE`);
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [EMBEDDED_DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${EMBEDDED_DATABASE} OWNER ${OWNER_LOGIN}`);
  });
  return embeddedUrls(server.port, settings);
}

/** The same for a server that another process of this data folder runs. */
export function embeddedUrls(port: number, settings: PostgresSettings): Connections {
  const url = (login: string, password: string) => `postgres://${login}:${password}@127.0.0.1:${port}/${EMBEDDED_DATABASE}`;
  return {
    owner: url(OWNER_LOGIN, settings.owner),
    web: withRole(url(`${WEB_ROLE}_login`, settings.web), WEB_ROLE),
    worker: withRole(url(`${WORKER_ROLE}_login`, settings.worker), WORKER_ROLE),
  };
}

/** After the migrations, which make the group roles: a login each for web and worker, which can be nobody else. */
export async function makeLogins(server: EmbeddedPostgres, settings: PostgresSettings) {
  await withClient(server.url(EMBEDDED_DATABASE), async (client) => {
    for (const [role, password] of [
      [WEB_ROLE, settings.web],
      [WORKER_ROLE, settings.worker],
    ] as const) {
      await makeLogin(client, `${role}_login`, password);
      await client.query(`GRANT ${role} TO ${role}_login`);
    }
  });
}

/** One's own server. Without logins of their own, web and worker use the owner's and give up its rights as they connect. */
export function ownConnections(env: {
  DATABASE_URL: string;
  SIGNALBOX_WEB_DATABASE_URL?: string;
  SIGNALBOX_WORKER_DATABASE_URL?: string;
}): Connections {
  return {
    owner: env.DATABASE_URL,
    web: withRole(env.SIGNALBOX_WEB_DATABASE_URL ?? env.DATABASE_URL, WEB_ROLE),
    worker: withRole(env.SIGNALBOX_WORKER_DATABASE_URL ?? env.DATABASE_URL, WORKER_ROLE),
  };
}

/** @throws when the server is older than PostgreSQL 15. @returns a warning when it is newer than what is tested (18). */
export async function checkServer(url: string): Promise<string | undefined> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ version: string; number: number }>(
      "SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number",
    );
    const { version, number } = rows[0] ?? { version: 'unknown', number: 0 };
    if (number < 150_000) throw new Error(`Signalbox needs PostgreSQL 15 to 18; this server is ${version}.`);
    return number >= 190_000 ? `PostgreSQL ${version} is newer than the versions Signalbox is tested with (15 to 18)` : undefined;
  });
}

/**
 * After the migrations: that web and worker can connect and act in their roles.
 * From PostgreSQL 16 on, who makes a role may grant it and may not yet act in it; the owner then grants it to itself.
 * @throws with what to run when a role cannot be taken.
 */
export async function checkRoles({ owner, web, worker }: Connections) {
  for (const [url, role] of [
    [web, WEB_ROLE],
    [worker, WORKER_ROLE],
  ] as const) {
    const first = await roleOf(url);
    if (first === role) continue;
    if (loginOf(url) === loginOf(owner)) {
      await withClient(owner, (client) => client.query(`GRANT ${role} TO CURRENT_USER`)).catch(() => undefined);
    }
    const second = await roleOf(url);
    if (second === role) continue;
    throw new Error(
      `The login ${loginOf(url)} cannot act as ${role}: ${second instanceof Error ? second.message : `it is ${second}`}. Run as a superuser: GRANT ${role} TO "${loginOf(url)}";`,
    );
  }
}

async function roleOf(url: string): Promise<string | Error> {
  try {
    return await withClient(url, async (client) => {
      const { rows } = await client.query<{ role: string }>('SELECT current_user AS role');
      return rows[0]?.role ?? '';
    });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

const loginOf = (url: string) => decodeURIComponent(new URL(url).username) || process.env.PGUSER || 'the default login';

function withRole(base: string, role: string): string {
  const url = new URL(base);
  const options = url.searchParams.get('options');
  url.searchParams.set('options', [options, `-c role=${role}`].filter(Boolean).join(' '));
  url.search = url.search.replaceAll('+', '%20'); // node-postgres decodes %20, not the + of forms
  return url.href;
}

/** Names are constants of this file, passwords are random base64url: neither can hold a quote. */
async function makeLogin(client: Client, name: string, password: string) {
  const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [name]);
  const verb = rowCount === 0 ? 'CREATE' : 'ALTER';
  await client.query(`${verb} ROLE ${client.escapeIdentifier(name)} LOGIN PASSWORD ${client.escapeLiteral(password)}`);
}

async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000, application_name: 'signalbox-start' });
  client.on('error', () => undefined); // a lost connection fails the query that is under way
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
