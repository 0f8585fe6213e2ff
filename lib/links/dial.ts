import { createConnection } from 'node:net';
import type { Duplex } from 'node:stream';
import { hostPort } from '@/lib/rules/secret-endpoint';
import { asLinkError, LinkError } from './errors';
import type { Shell } from './shell';

/** Opens a TCP connection; over it any protocol of a node is spoken. @throws LinkError */
export type Dial = (host: string, port: number, timeoutMs: number) => Promise<Duplex>;

export const dialDirect: Dial = (host, port, timeoutMs) =>
  new Promise((resolve, reject) => {
    const socket = createConnection({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 10_000 });
    const settle = (error: unknown) => {
      clearTimeout(timer);
      socket.off('error', settle);
      if (!error) return resolve(socket);
      socket.on('error', () => undefined);
      socket.destroy();
      reject(asLinkError(error, hostPort(host, port)));
    };
    const timer = setTimeout(() => settle(Object.assign(new Error('time-out'), { code: 'ETIMEDOUT' })), timeoutMs);
    socket.once('error', settle);
    socket.once('connect', () => settle(null));
  });

/**
 * Through any open shell of the deployment: its inner ports are open between its nodes only. `shells` is asked at every
 * dial, a node's own shell first for its own address.
 */
export function dialThrough(shells: () => Iterable<Shell>): Dial {
  return async (host, port, timeoutMs) => {
    const own = (s: Shell) => Number(s.endpoint.startsWith(`${host}:`) || s.endpoint.startsWith(`[${host}]:`));
    const candidates = [...shells()].toSorted((a, b) => own(b) - own(a)).slice(0, 2);
    let last: unknown = new LinkError('No SSH connection is open to go through.', 'Add SSH access to at least one master node.');
    for (const shell of candidates) {
      try {
        return await shell.forward(host, port, timeoutMs);
      } catch (error) {
        last = error;
      }
    }
    throw last;
  };
}

/** Direct first, then through SSH; keeps to the way that answered last. */
export function dialAuto(tunnel: Dial): Dial {
  let first: Dial = dialDirect;
  return async (host, port, timeoutMs) => {
    const second = first === dialDirect ? tunnel : dialDirect;
    try {
      return await first(host, port, timeoutMs);
    } catch (error) {
      const stream = await second(host, port, timeoutMs).catch(() => Promise.reject(error));
      first = second;
      return stream;
    }
  };
}
