import net from 'node:net';
import pino from 'pino';
import { afterEach, expect, test } from 'vitest';
import { migrate } from '@/lib/db/migrate';
import { Listener } from './listener';

let mute: net.Server;
const sockets = new Set<net.Socket>();
afterEach(() => {
  for (const s of sockets) s.destroy();
  mute.close();
});

/** A server that takes connections and never says a word. */
async function silence(): Promise<{ url: string; second: Promise<number> }> {
  let came: (n: number) => void = () => undefined;
  const second = new Promise<number>((resolve) => (came = resolve));
  let count = 0;
  mute = net.createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    count += 1;
    if (count === 2) came(count);
  });
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
  const { port } = mute.address() as net.AddressInfo; // TCP: never a string
  return { url: `postgres://u@127.0.0.1:${port}/d`, second };
}

test('a database that takes the connection and says nothing is tried again by the stream, not waited for', async () => {
  const { url, second } = await silence();
  const listener = new Listener({ url, channel: 'c', log: pino({ level: 'silent' }), onWake: () => undefined });
  expect(await second).toBe(2);
  for (const s of sockets) s.destroy();
  await listener.close();
}, 15_000);

test('a migration gives up on a database that takes the connection and says nothing', async () => {
  const { url } = await silence();
  await expect(migrate({ url, log: () => undefined })).rejects.toThrow(/timeout/);
}, 15_000);
