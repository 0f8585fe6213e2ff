import type { ChildProcess } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { until } from '@/lab/machine/process';
import { exitOf, Rig } from '@/lab/sim/rig';
import { command } from '@/lab/sim/wire/mongo-protocol.mjs';

const rig = new Rig('127.21.0');
const masters = [11, 12, 13, 14].map(rig.at);
const media = [21, 22].map(rig.at);
afterAll(() => rig.end());

const statusOf = (url: string) =>
  fetch(url).then(
    (response) => response.status,
    () => 0,
  );

test.each(['dashboard', 'meet', 'grafana', 'mimir', 'loki', 'alloy', 'prometheus', 'operator', 'agent', 'v2compatibility'])(
  'simulated %s says what it is, listens on its own address only, and ends with 0 on SIGTERM',
  async (service) => {
    const child = await rig.sim(service, 11, { role: 'master', masters, media });
    child.kill('SIGTERM');
    expect(await exitOf(child)).toBe(0);
  },
);

test('the health pages answer as those of the real services', async () => {
  for (const service of ['grafana', 'mimir', 'loki', 'prometheus'])
    await rig.sim(service, 12, { role: 'master', masters, media });
  const body = await (await fetch(`http://${rig.at(12)}:3000/api/health`)).json();
  expect(body).toMatchObject({ database: 'ok' });
  expect(await statusOf(`http://${rig.at(12)}:9009/ready`)).toBe(200);
  expect(await statusOf(`http://${rig.at(12)}:3100/ready`)).toBe(200);
  expect(await statusOf(`http://${rig.at(12)}:9090/-/ready`)).toBe(200);
  expect(await statusOf(`http://${rig.at(13)}:9009/ready`)).toBe(0);
});

test('MinIO can write with three of four servers and says 503 with two', async () => {
  const servers: ChildProcess[] = [];
  for (const last of [11, 12, 13, 14]) servers.push(await rig.sim('minio', last, { role: 'master', masters, media }));
  const cluster = () => statusOf(`http://${rig.at(14)}:9100/minio/health/cluster`);
  expect(await cluster()).toBe(200);
  servers[0]!.kill('SIGKILL');
  await exitOf(servers[0]!);
  expect(await cluster()).toBe(200);
  servers[1]!.kill('SIGKILL');
  await exitOf(servers[1]!);
  expect(await cluster()).toBe(503);
  expect(await statusOf(`http://${rig.at(14)}:9100/minio/health/live`)).toBe(200);
});

const status = z.object({
  myState: z.number(),
  members: z.array(z.object({ name: z.string(), stateStr: z.string(), health: z.number() })),
});

async function mongo(last: number, document: Record<string, unknown>) {
  const socket = connect({ host: rig.at(last), port: 20000 });
  try {
    return await command(socket, { ...document, $db: 'admin' });
  } finally {
    socket.destroy();
  }
}
const primaryBy = async (last: number) =>
  status.parse(await mongo(last, { replSetGetStatus: 1 })).members.filter((member) => member.stateStr === 'PRIMARY')[0]?.name;

test('Mongo elects a primary, another one when that dies, and rs.stepDown hands over', async () => {
  const members: ChildProcess[] = [];
  for (const last of [11, 12, 13, 14])
    members.push(await rig.sim('mongo', last, { role: 'master', masters, media, mongo: { electionMs: 1000 } }));
  const agreed = async () => (await Promise.all([12, 13, 14].map(primaryBy))).every((name) => name === `${rig.at(11)}:20000`);
  await until('a primary', async () => (await agreed()) || undefined);
  expect(await mongo(12, { hello: 1 })).toMatchObject({
    isWritablePrimary: false,
    secondary: true,
    primary: `${rig.at(11)}:20000`,
    setName: 'rs0',
    ok: 1,
  });
  expect(await mongo(12, { ping: 1 })).toEqual({ ok: 1 });
  expect(await mongo(12, { find: 'rooms' })).toMatchObject({ ok: 0, code: 59 });
  members[0]!.kill('SIGKILL');
  await until('another primary', async () => (await primaryBy(14)) === `${rig.at(12)}:20000` || undefined, 15_000);
  const seen = status.parse(await mongo(14, { replSetGetStatus: 1 }));
  expect(seen.members[0]).toMatchObject({ health: 0, stateStr: '(not reachable/healthy)' });
  expect(await mongo(13, { replSetStepDown: 30 })).toMatchObject({ ok: 0, code: 10107 });
  expect(await mongo(12, { replSetStepDown: 30 })).toEqual({ ok: 1 });
  await until('a third primary', async () => (await primaryBy(14)) === `${rig.at(13)}:20000` || undefined, 15_000);
});

/** A media node's LiveKit as Caddy sees it: a page that tells who answered, 406 when not ready, and an echoing upgrade. */
function fakeLiveKit(address: string, state: { ready: boolean }): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.url === '/') return response.writeHead(state.ready ? 200 : 406).end('OK');
    let body = '';
    request
      .on('data', (chunk) => (body += chunk))
      .on('end', () => response.end(`${address} ${request.method} ${request.url} ${body}`));
    return undefined;
  });
  server.on('upgrade', (_request, socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\r\n');
    socket.on('error', () => socket.destroy()).pipe(socket);
  });
  return new Promise((done) => server.listen(7880, address, () => done(server)));
}

let servers: Server[] = [];
const states = media.map(() => ({ ready: true }));
beforeAll(async () => {
  servers = await Promise.all(media.map((address, index) => fakeLiveKit(address, states[index]!)));
});
afterAll(() => servers.forEach((server) => server.close()));

test('Caddy sends requests to ready media nodes by turns, passes WebSockets on, and leaves out who is not ready', async () => {
  await rig.sim('caddy', 11, { role: 'master', masters, media });
  const url = `http://${rig.at(11)}:7880`;
  expect(await (await fetch(`${url}/health/caddy`)).text()).toBe('OK');
  const ask = async () => (await fetch(`${url}/twirp/x?y=1`, { method: 'POST', body: 'hi' })).text();
  const answers = new Set([await ask(), await ask()]);
  expect(answers).toEqual(new Set(media.map((address) => `${address} POST /twirp/x?y=1 hi`)));

  const echoed = await new Promise<string>((done, fail) => {
    const socket = connect({ host: rig.at(11), port: 7880 });
    socket.on('error', fail);
    socket.write('GET /rtc HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\n');
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString();
      if (text.endsWith('\r\n\r\n')) socket.write('ping');
      if (text.endsWith('ping')) {
        socket.destroy();
        done(text);
      }
    });
  });
  expect(echoed).toMatch(/^HTTP\/1.1 101 [\s\S]*ping$/);

  states[0]!.ready = false;
  await until('the node to be left out', async () => {
    const seen = [await ask(), await ask(), await ask()];
    return seen.every((text) => text.startsWith(media[1]!)) || undefined;
  });
  servers[1]!.closeAllConnections();
  servers[1]!.close();
  expect(await statusOf(`${url}/twirp/x`)).toBe(503);
  expect(await statusOf(`${url}/health/caddy`)).toBe(200);
});
