import type { StreamMessage } from '@/lib/contract/events';
import { openStream, type FromStream } from './stream-source';

/** The part of SharedWorkerGlobalScope that is used; the DOM library of TypeScript knows windows only. */
interface SharedScope {
  onconnect: ((event: MessageEvent) => void) | null;
}

/** Runs once a browser: HTTP/1.1 allows six connections a host, so ten tabs must share one stream. */
const ports = new Set<MessagePort>();
const latest = new Map<StreamMessage['type'], FromStream>();
let close: (() => void) | undefined;

function tell(from: FromStream) {
  if (from.kind === 'message' && (from.message.type === 'hello' || from.message.type === 'clocks')) {
    latest.set(from.message.type, from);
  }
  if (from.kind === 'lost') latest.clear();
  for (const port of ports) port.postMessage(from);
}

function leave(port: MessagePort) {
  ports.delete(port);
  port.close();
  if (ports.size > 0) return;
  close?.();
  close = undefined;
  latest.clear();
}

const scope = globalThis as unknown as SharedScope; // this file is only ever loaded as a SharedWorker
scope.onconnect = (event) => {
  const port = event.ports[0];
  if (!port) return;
  ports.add(port);
  port.onmessage = () => leave(port);
  for (const from of latest.values()) port.postMessage(from);
  close ??= openStream(tell);
};
