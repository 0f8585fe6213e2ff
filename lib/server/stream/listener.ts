import { Client } from 'pg';
import type { Logger } from 'pino';

const AGAIN_MS = 1_000;
const CONNECT_MS = 5_000;

/** LISTEN on a connection of its own; it comes back by itself. A lost notification costs one poll, nothing else. */
export class Listener {
  private client: Client | undefined;
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(private readonly options: { url: string; channel: string; log: Logger; onWake: () => void }) {
    void this.connect();
  }

  private async connect(): Promise<void> {
    const { url, channel, log, onWake } = this.options;
    const client = new Client({
      connectionString: url,
      connectionTimeoutMillis: CONNECT_MS,
      keepAlive: true,
      application_name: 'signalbox-stream',
    });
    this.client = client;
    client.on('notification', onWake);
    client.on('error', () => undefined); // 'end' follows
    client.once('end', () => this.again());
    try {
      await client.connect();
      await client.query(`LISTEN ${client.escapeIdentifier(channel)}`);
      onWake();
    } catch (err) {
      log.warn({ err }, 'the stream cannot listen to the database; it polls');
      await client.end().catch(() => undefined);
      this.again();
    }
  }

  private again() {
    if (this.closed || this.timer) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (!this.closed) void this.connect();
    }, AGAIN_MS);
    this.timer.unref();
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    await this.client?.end().catch(() => undefined);
  }
}
