import { ClientProcess, type ClientEvent } from '@/lab/people/client-process';
import type { Client, Counters } from '@/lab/people/options';

const JOIN_ATTEMPTS = 4;

/** What is known of every client, kept up to date from the events of their process. */
export class Clients {
  private readonly known = new Map<string, Client>();
  private process: ClientProcess | undefined;
  unavailable: string | undefined;

  constructor(
    private readonly url: string,
    private readonly token: (room: string, identity: string) => Promise<string>,
    private readonly log: (line: string) => void,
  ) {}

  get pid(): number | undefined {
    return this.process?.pid;
  }

  all(): Client[] {
    return [...this.known.values()].map((client) => structuredClone(client));
  }

  present(): Client[] {
    return this.all().filter((client) => client.state !== 'disconnected');
  }

  counters(): Counters {
    const all = [...this.known.values()];
    const disconnects: Record<string, number> = {};
    for (const { disconnect } of all) if (disconnect) disconnects[disconnect.reason] = (disconnects[disconnect.reason] ?? 0) + 1;
    return {
      connected: all.filter((client) => client.state === 'connected').length,
      reconnecting: all.filter((client) => client.state === 'reconnecting').length,
      reconnects: all.reduce((sum, client) => sum + client.reconnects.length, 0),
      disconnects,
    };
  }

  /** Starts the process of the participants, also again after it died. False where rtc-node cannot be loaded. */
  async available(): Promise<boolean> {
    if (this.process) return true;
    if (this.unavailable) return false;
    const started = await ClientProcess.start(
      (event) => this.take(event),
      (why) => this.died(why),
    );
    if (started instanceof ClientProcess) this.process = started;
    else this.unavailable = started.unavailable;
    return this.process !== undefined;
  }

  async join(room: string, identity: string): Promise<Client> {
    if (!(await this.available()) || !this.process) throw new Error(`no clients on this machine: ${this.unavailable}`);
    const present = this.known.get(identity);
    if (present && present.state !== 'disconnected') throw new Error(`${identity} is in ${present.room}`);
    const client: Client = { identity, room, state: 'connecting', joinedAt: Date.now(), reconnects: [] };
    this.known.set(identity, client);
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.process.request('join', { client: identity, url: this.url, token: await this.token(room, identity) });
        break;
      } catch (error) {
        // rtc-node gives a busy machine five seconds to answer; a user would try again too.
        if (attempt < JOIN_ATTEMPTS && this.process) continue;
        this.out(client, 'JOIN_FAILURE');
        throw error;
      }
    }
    // It may have been thrown out again before its answer came.
    if (client.state === 'connecting') client.state = 'connected';
    return structuredClone(client);
  }

  async leave(identity: string): Promise<void> {
    if (!this.process) throw new Error(`${identity} is in no room`);
    await this.process.request('leave', { client: identity });
  }

  async end(): Promise<void> {
    const process = this.process;
    this.process = undefined;
    await process?.end();
    for (const client of this.known.values()) this.out(client, 'CLIENT_INITIATED');
  }

  private take({ client: identity, event, reason }: ClientEvent): void {
    const client = this.known.get(identity);
    // While it joins, an attempt that failed is no departure: join() decides.
    if (!client || client.state === 'disconnected' || client.state === 'connecting') return;
    const last = client.reconnects.at(-1);
    if (event === 'reconnecting' && client.state !== 'reconnecting') {
      client.state = 'reconnecting';
      client.reconnects.push({ at: Date.now() });
    } else if (event === 'reconnected') {
      client.state = 'connected';
      if (last && last.tookMs === undefined) last.tookMs = Date.now() - last.at;
    } else if (event === 'disconnected') this.out(client, reason ?? 'UNKNOWN_REASON');
  }

  private out(client: Client, reason: string): void {
    if (client.state === 'disconnected') return;
    client.state = 'disconnected';
    client.disconnect = { at: Date.now(), reason };
  }

  private died(why: string): void {
    if (this.process) this.log(`the process of the participants ended (${why})`);
    this.process = undefined;
    for (const client of this.known.values()) this.out(client, 'PROCESS_ENDED');
  }
}
