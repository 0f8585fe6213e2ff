import type { Logger } from 'pino';
import type { Db } from '@/lib/db/client';
import {
  canResume,
  type Credential,
  readAllClocks,
  readStreamEvents,
  stillAdmitted,
  streamHead,
  type StreamEvent,
} from '@/lib/core/stream/read-stream';
import { VERSION } from '../version';
import { encodeMessage, HEARTBEAT, StreamClient } from './client';
import { Listener } from './listener';

type Options = { databaseUrl: string; db: Db; log: Logger; pollMs?: number; recheckMs?: number; lingerMs?: number };
type Recent = { id: bigint; bytes: Uint8Array };

const PAGE = 500;
/** How much of the newest is kept for readers who come back: beyond, the database is read. Bytes. */
const RECENT_MAX = 2 * 1024 * 1024;
const CLIENTS_MAX = 5_000;
/** A page that is loaded anew leaves and comes back. */
const LINGER_MS = 10_000;

/**
 * One poller a process, whatever the number of readers: woken by NOTIFY, and every 500 ms besides because a notification
 * may come before its row can be read, or be lost. Each reader has a position and is sent what lies after it.
 * Runs only while somebody reads.
 */
export class StreamHub {
  private readonly clients = new Set<StreamClient>();
  private readonly recent: Recent[] = [];
  private recentBytes = 0;
  private head: Promise<void> | undefined;
  private headId = 0n;
  private listener: Listener | undefined;
  private timers: NodeJS.Timeout[] = [];
  private ending: NodeJS.Timeout | undefined;
  private polling: Promise<void> | undefined;
  private stopping: Promise<void> | undefined;
  private pollAgain = false;

  constructor(private readonly options: Options) {}

  get size(): number {
    return this.clients.size;
  }

  /**
   * Opens a stream. `after`: the id of the last event the reader has; null: from now on.
   * @returns null when there are too many readers. @throws when the database is away
   */
  async open(credential: Credential, after: bigint | null): Promise<ReadableStream<Uint8Array> | null> {
    if (this.clients.size >= CLIENTS_MAX) return null;
    await this.start();
    const resumes = after !== null && (this.inRecent(after) || (await canResume(this.options.db, after)));
    const client = new StreamClient(credential, (c) => this.left(c));
    this.clients.add(client);
    clearTimeout(this.ending);
    if (!this.head) await this.start(); // the last reader left meanwhile
    if (resumes) client.position = after;
    else client.position = this.headId;
    const now = new Date().toISOString();
    client.send(encodeMessage({ type: 'hello', now, version: VERSION }, client.position));
    if (after !== null && !resumes) client.send(encodeMessage({ type: 'reset', now }, client.position));
    void this.catchUp(client);
    return client.body;
  }

  /** From the database until what is kept here joins on, without an await between the last look and the joining. */
  private async catchUp(client: StreamClient): Promise<void> {
    try {
      client.catchingUp = true;
      while (client.open && !this.inRecent(client.position)) {
        const events = await readStreamEvents(this.options.db, client.position, PAGE);
        for (const event of events) client.send(encodeMessage(event.message, event.id), event.id);
        if (events.length === 0) break; // ahead of this process: another replica showed more; what comes is filtered by position
        await client.drain();
      }
      for (const { id, bytes } of this.recent) if (id > client.position) client.send(bytes, id);
      client.catchingUp = false;
    } catch (err) {
      this.options.log.warn({ err }, 'a stream could not be resumed');
      client.close(); // it comes back with its position
    }
  }

  /** Everything after this position is here. A position beyond the head came from another replica, or from nowhere. */
  private inRecent(position: bigint): boolean {
    const first = this.recent[0];
    return position <= this.headId && position >= (first ? first.id - 1n : this.headId);
  }

  private async start(): Promise<void> {
    if (!this.head) {
      const { db, databaseUrl, log, pollMs = 500, recheckMs = 10_000 } = this.options;
      const begin = async () => {
        await this.stopping; // an answer of before would move the head back and leave a gap behind it
        const id = await streamHead(db);
        if (this.head !== head) return; // stopped meanwhile
        this.recent.length = 0;
        this.recentBytes = 0;
        this.headId = id;
        this.listener = new Listener({ url: databaseUrl, channel: 'signalbox_event', log, onWake: () => this.poll() });
        this.timers = [
          setInterval(() => this.poll(), pollMs),
          setInterval(() => void this.sendClocks(), 1_000),
          setInterval(() => this.broadcast(HEARTBEAT), 15_000),
          setInterval(() => void this.recheck(), recheckMs),
        ];
        for (const timer of this.timers) timer.unref();
      };
      const head = begin();
      this.head = head;
      head.catch(() => {
        if (this.head === head) this.head = undefined;
      });
    }
    await this.head;
  }

  private poll(): void {
    if (this.polling) {
      this.pollAgain = true;
      return;
    }
    this.polling = this.readOn()
      .catch((err: unknown) => this.options.log.warn({ err }, 'the stream could not read events'))
      .finally(() => {
        this.polling = undefined;
        if (this.pollAgain) {
          this.pollAgain = false;
          this.poll();
        }
      });
  }

  private async readOn(): Promise<void> {
    for (;;) {
      const { head } = this;
      if (!head) return;
      const events = await readStreamEvents(this.options.db, this.headId, PAGE);
      if (this.head !== head) return; // stopped meanwhile: nothing of it is kept
      for (const event of events) this.publish(event);
      if (events.length < PAGE) return;
    }
  }

  private publish({ id, message }: StreamEvent): void {
    const bytes = encodeMessage(message, id);
    this.headId = id;
    this.recent.push({ id, bytes });
    this.recentBytes += bytes.byteLength;
    while (this.recentBytes > RECENT_MAX && this.recent.length > 1)
      this.recentBytes -= this.recent.shift()?.bytes.byteLength ?? 0;
    for (const client of this.clients) if (!client.catchingUp && id > client.position) client.send(bytes, id);
  }

  private broadcast(bytes: Uint8Array): void {
    for (const client of this.clients) client.send(bytes);
  }

  private readingClocks = false;
  private async sendClocks(): Promise<void> {
    if (this.clients.size === 0 || this.readingClocks) return;
    this.readingClocks = true;
    try {
      this.broadcast(encodeMessage(await readAllClocks(this.options.db)));
    } catch (err) {
      this.options.log.debug({ err }, 'clocks could not be read'); // the silence says it to the reader
    } finally {
      this.readingClocks = false;
    }
  }

  /** Ends the streams of who signed out and of revoked tokens. */
  private async recheck(): Promise<void> {
    if (this.clients.size === 0) return;
    try {
      const admitted = await stillAdmitted(
        this.options.db,
        [...this.clients].map((c) => c.credential),
      );
      for (const client of this.clients) {
        if (!admitted.has(`${client.credential.kind}:${client.credential.id}`)) client.close();
      }
    } catch (err) {
      this.options.log.debug({ err }, 'streams could not be checked'); // nobody can sign out either
    }
  }

  private left(client: StreamClient): void {
    this.clients.delete(client);
    if (this.clients.size > 0) return;
    clearTimeout(this.ending);
    this.ending = setTimeout(() => void (this.clients.size === 0 && this.stop()), this.options.lingerMs ?? LINGER_MS);
    this.ending.unref();
  }

  private stop(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    this.timers = [];
    this.head = undefined;
    this.recent.length = 0;
    this.recentBytes = 0;
    const { listener } = this;
    this.listener = undefined;
    this.stopping = (async () => {
      await listener?.close();
      while (this.polling) await this.polling;
    })();
    return this.stopping;
  }

  async close(): Promise<void> {
    for (const client of [...this.clients]) client.close();
    clearTimeout(this.ending);
    await this.stop();
  }
}
