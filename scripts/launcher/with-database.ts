import { embeddedUrls, ownConnections, type Connections } from '@/lib/db/connections';
import { readSettings } from '@/lib/db/embedded';
import { openDatabase } from './database';
import { dataDirectory } from './data-dir';
import { claimOrExplain, runningIn } from './lock';
import { readLaunchSettings } from './settings';

interface At {
  connections: Connections;
  dataDir: string;
  /** The superuser of the embedded server; undefined with DATABASE_URL. */
  superuser: string | undefined;
  /** The address of a Signalbox that runs now. */
  url: string | undefined;
}

/** For commands: the database of this installation, whether Signalbox runs or not (then the embedded server runs for the command only). */
export async function withDatabase<T>(work: (at: At) => Promise<T>): Promise<T> {
  const settings = await readLaunchSettings(process.env);
  const dataDir = dataDirectory();
  const running = await runningIn(dataDir);
  if (settings.DATABASE_URL) {
    const connections = ownConnections({ ...settings, DATABASE_URL: settings.DATABASE_URL });
    return work({ connections, dataDir, superuser: undefined, url: running?.url });
  }
  const passwords = await (running ? readSettings(dataDir) : undefined);
  if (passwords?.port) {
    const superuser = `postgres://postgres:${passwords.superuser}@127.0.0.1:${passwords.port}/postgres`;
    return work({ connections: embeddedUrls(passwords.port, passwords), dataDir, superuser, url: running?.url });
  }
  const claimed = await claimOrExplain(dataDir);
  if ('holder' in claimed) throw new Error('Signalbox is just starting; try again in a moment.');
  try {
    const database = await openDatabase({ dataDir, settings, log: (line) => console.error(`Signalbox: ${line}`) });
    try {
      return await work({ connections: database.connections, dataDir, superuser: database.server?.url(), url: undefined });
    } finally {
      await database.stop();
    }
  } finally {
    await claimed.lock.release();
  }
}
