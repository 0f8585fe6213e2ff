import type { StreamMessage } from '@/lib/contract/events';

export type StreamType = StreamMessage['type'];
const TYPES: StreamType[] = ['hello', 'reset', 'delta', 'event', 'clocks'];

/** What a tab hears of the one stream of its browser. */
export type FromStream = { kind: 'message'; message: StreamMessage } | { kind: 'lost' };

/** A stream that says nothing for so long is dead, whatever the connection claims; the server sends clocks far more often. */
const DEAD_MS = 20_000;

/**
 * Keeps /api/v1/stream open. EventSource resumes by Last-Event-ID itself; where it gives up (an HTTP error) or goes silent, a new
 * one is made with a growing pause, which names the last id in its address.
 * @returns how to close it.
 */
export function openStream(emit: (from: FromStream) => void): () => void {
  let source: EventSource | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let heardAt = Date.now();
  let attempt = 0;
  let lastId = '';

  const open = () => {
    heardAt = Date.now();
    source = new EventSource(lastId === '' ? '/api/v1/stream' : `/api/v1/stream?lastEventId=${lastId}`);
    for (const type of TYPES) {
      source.addEventListener(type, (event: MessageEvent<string>) => {
        heardAt = Date.now();
        attempt = 0;
        if (event.lastEventId !== '') lastId = event.lastEventId;
        // The server makes every message by the contract (StreamMessage).
        emit({ kind: 'message', message: JSON.parse(event.data) as StreamMessage });
      });
    }
    source.onerror = () => {
      emit({ kind: 'lost' });
      if (source?.readyState === EventSource.CLOSED) again();
    };
  };
  const again = () => {
    source?.close();
    attempt += 1;
    clearTimeout(retry);
    retry = setTimeout(open, Math.min(10_000, 500 * 2 ** attempt));
  };
  const watch = setInterval(() => {
    if (source?.readyState !== EventSource.OPEN || Date.now() - heardAt < DEAD_MS) return;
    emit({ kind: 'lost' });
    again();
  }, 2_000);

  open();
  return () => {
    clearInterval(watch);
    clearTimeout(retry);
    source?.close();
  };
}
