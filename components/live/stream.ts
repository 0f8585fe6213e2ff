import { openStream, type FromStream } from './stream-source';

/**
 * Joins the stream that all tabs of this browser share: a SharedWorker where there is one, otherwise the tab that holds a Web Lock
 * reads and tells the others, otherwise a stream of its own.
 * @returns how to leave.
 */
export function joinStream(listener: (from: FromStream) => void): () => void {
  if (typeof SharedWorker !== 'undefined') return bySharedWorker(listener);
  if ('locks' in navigator && typeof BroadcastChannel !== 'undefined') return byElection(listener);
  return openStream(listener);
}

function bySharedWorker(listener: (from: FromStream) => void) {
  const worker = new SharedWorker(new URL('./stream-worker.ts', import.meta.url), { type: 'module', name: 'signalbox-stream' });
  worker.port.onmessage = (event: MessageEvent<FromStream>) => listener(event.data);
  const leave = () => worker.port.postMessage('leave');
  window.addEventListener('pagehide', leave);
  return () => {
    window.removeEventListener('pagehide', leave);
    leave();
  };
}

function byElection(listener: (from: FromStream) => void) {
  const channel = new BroadcastChannel('signalbox-stream');
  const left = new AbortController();
  channel.onmessage = (event: MessageEvent<FromStream>) => listener(event.data);
  navigator.locks
    .request('signalbox-stream', { signal: left.signal }, async () => {
      const close = openStream((from) => {
        listener(from);
        channel.postMessage(from);
      });
      await new Promise((resolve) => left.signal.addEventListener('abort', resolve));
      close();
    })
    .catch(() => undefined); // left before its turn came
  return () => {
    left.abort();
    channel.close();
  };
}
