import { readFile } from 'node:fs/promises';
import { Client } from 'pg';
import { z } from 'zod';
import { SERVER_FILE } from './admin';

const Server = z.object({ url: z.string(), web: z.string(), worker: z.string() });

/** A connection of its own to the database of the run, in the role of web or worker; closed afterwards. */
export async function as<T>(role: 'web' | 'worker', act: (db: Client) => Promise<T>): Promise<T> {
  const server = Server.parse(JSON.parse(await readFile(SERVER_FILE, 'utf8')));
  const db = new Client({ connectionString: server[role] });
  await db.connect();
  try {
    return await act(db);
  } finally {
    await db.end();
  }
}

export async function deploymentId(db: Client, slug: string): Promise<string> {
  const { rows } = await db.query<{ id: string }>('SELECT id FROM deployment WHERE slug = $1', [slug]);
  const [row] = rows;
  if (!row) throw new Error(`no deployment ${slug}`);
  return row.id;
}
