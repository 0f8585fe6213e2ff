import { Client } from 'pg';
import type { WorkerClock } from './clock';
import type { Log } from './log';

const RETRY_MS = 2_000;

/** LISTEN on a connection of its own, opened again when it breaks. Only hastens what is polled anyway. @returns what ends it */
export function listen(
  url: string,
  channels: string[],
  clock: WorkerClock,
  log: Log,
  heard: (channel: string) => void,
): () => Promise<void> {
  let client: Client | null = null;
  let cancel: (() => void) | null = null;
  let stopped = false;
  const again = () => {
    client = null;
    cancel?.();
    if (!stopped) cancel = clock.after(RETRY_MS, () => void open());
  };
  const open = async () => {
    const mine = new Client({
      connectionString: url,
      application_name: 'signalbox-worker-listen',
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
    });
    client = mine;
    mine.on('notification', (n) => heard(n.channel));
    mine.once('error', () => {
      mine.end().catch(() => undefined);
      if (client === mine) again();
    });
    try {
      await mine.connect();
      for (const channel of channels) await mine.query(`LISTEN ${channel}`);
    } catch (error) {
      log.debug({ error }, 'LISTEN failed; polling goes on');
      mine.end().catch(() => undefined);
      if (client === mine) again();
    }
  };
  void open();
  return async () => {
    stopped = true;
    cancel?.();
    await client?.end().catch(() => undefined);
  };
}
