import type { StreamMessage } from '@/lib/contract/events';
import type { Credential } from '@/lib/core/stream/read-stream';

/** What a reader may leave unread before it is dropped; it comes back with Last-Event-ID and loses nothing. Bytes. */
const UNREAD_MAX = 4 * 1024 * 1024;
const encoder = new TextEncoder();

/** One message as server-sent event; encoded once for all readers. */
export function encodeMessage(message: StreamMessage, id?: bigint): Uint8Array {
  return encoder.encode(`${id === undefined ? '' : `id: ${id}\n`}event: ${message.type}\ndata: ${JSON.stringify(message)}\n\n`);
}
export const HEARTBEAT = encoder.encode(': still here\n\n');

/** One open stream. `position`: the id up to which it was sent everything. */
export class StreamClient {
  position = 0n;
  /** It is fed from the database; the hub holds back until it has joined. */
  catchingUp = true;
  readonly body: ReadableStream<Uint8Array>;
  private controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  private drained: (() => void) | undefined;

  constructor(
    readonly credential: Credential,
    private readonly onGone: (client: StreamClient) => void,
  ) {
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => void (this.controller = controller),
        pull: () => this.drained?.(),
        cancel: () => this.gone(),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: UNREAD_MAX }),
    );
  }

  get open(): boolean {
    return this.controller !== undefined;
  }

  /** @returns false when the reader is gone or was dropped for being too slow */
  send(bytes: Uint8Array, id?: bigint): boolean {
    const { controller } = this;
    if (!controller) return false;
    if ((controller.desiredSize ?? 0) <= 0) {
      this.gone();
      // An error, not an end: what is still queued is let go at once.
      controller.error(new Error('the reader is too slow'));
      return false;
    }
    controller.enqueue(bytes);
    if (id !== undefined) this.position = id;
    return true;
  }

  /** Waits until at most half of what may be unread is; for replays, which are longer than the reader is fast. */
  async drain(withinMs = 30_000): Promise<void> {
    const enough = () => !this.controller || (this.controller.desiredSize ?? 0) > UNREAD_MAX / 2;
    const end = Date.now() + withinMs;
    while (!enough() && Date.now() < end) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 250);
        this.drained = () => (clearTimeout(timer), resolve());
      });
    }
    this.drained = undefined;
  }

  close(): void {
    const { controller } = this;
    if (!controller) return;
    this.gone();
    controller.close();
  }

  private gone() {
    if (!this.controller) return;
    this.controller = undefined;
    this.drained?.();
    this.onGone(this);
  }
}
