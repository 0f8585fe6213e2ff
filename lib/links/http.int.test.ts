import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deserialize, ObjectId, serialize } from 'bson';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dialDirect } from './dial';
import { startFakeHost } from './fixtures/fake-host';
import { probeHttp, probeThrough } from './http';
import { readMongo } from './mongo';
import { openShell } from './shell';

const TLS = { verify: true, ca: null };
const dir = mkdtempSync(path.join(tmpdir(), 'signalbox-http-'));
const closing: (() => void)[] = [];
let pem: { key: string; cert: string };

beforeAll(async () => {
  const files = ['-keyout', `${dir}/key`, '-out', `${dir}/cert`];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=lab',
      '-addext',
      'subjectAltName=IP:127.32.1.1',
      ...files,
    ],
    { stdio: 'ignore' },
  );
  pem = { key: readFileSync(`${dir}/key`, 'utf8'), cert: readFileSync(`${dir}/cert`, 'utf8') };
  const page = createServer((q, s) => s.writeHead(q.url === '/' ? 200 : 503).end(q.url === '/' ? 'OK' : 'Not\nReady <b>'));
  const secure = https.createServer(pem, (_, s) => s.end('OK'));
  const silent = net.createServer(() => undefined);
  const cutting = net.createServer((s) => s.on('error', () => undefined).once('data', () => s.destroy()));
  const other = net.createServer((s) => s.on('error', () => undefined).end('SSH-2.0-x\r\n'));
  const listen = (server: net.Server, port: number) => {
    closing.push(() => server.close());
    return new Promise<void>((resolve) => server.listen(port, '127.32.1.1', resolve));
  };
  await Promise.all([listen(page, 80), listen(secure, 443), listen(silent, 81), listen(cutting, 82), listen(other, 83)]);
});
afterAll(() => {
  closing.forEach((c) => c());
  rmSync(dir, { recursive: true });
});

const at = (rest: string) => ({ probe: 'livekit' as const, url: `http://127.32.1.1${rest}` });
const cases = [
  [at('/'), { ok: true, status: 200, outcome: 'answered', detail: '200' }],
  [at('/x'), { ok: false, status: 503, outcome: 'answered', detail: expect.stringMatching(/^503: Not/) }],
  [at(':9/'), { ok: false, status: null, outcome: 'refused' }],
  [at(':81/'), { ok: false, status: null, outcome: 'timeout' }],
  [at(':82/'), { ok: false, status: null, outcome: 'answered' }],
  [at(':83/'), { ok: false, status: null, outcome: 'answered' }],
] as const;

test.each(cases)('from here, $url is told apart', async (probe, expected) => {
  expect(await probeHttp(probe, { timeoutMs: 400, tls: TLS })).toMatchObject(expected);
});

test('through SSH the same addresses are told apart the same way', async () => {
  const host = await startFakeHost({ address: '127.32.1.2', user: 'root' });
  const shell = await openShell(host.target());
  const readings = await probeThrough(
    shell,
    cases.map(([probe]) => probe),
    { timeoutSeconds: 1 },
  );
  readings.forEach((reading, i) => expect(reading).toMatchObject(cases[i]?.[1] ?? {}));
  shell.close();
  await host.stop();
});

test('a certificate nobody signed is told, accepted with its CA, and not looked at on request', async () => {
  const probe = { probe: 'caddy' as const, url: 'https://127.32.1.1/' };
  expect(await probeHttp(probe, { timeoutMs: 1_000, tls: TLS })).toMatchObject({
    ok: false,
    detail: expect.stringMatching(/certificate is signed by nobody/),
  });
  expect(await probeHttp(probe, { timeoutMs: 1_000, tls: { verify: true, ca: pem.cert } })).toMatchObject({ ok: true });
  expect(await probeHttp(probe, { timeoutMs: 1_000, tls: { verify: false, ca: null } })).toMatchObject({ ok: true });
});

test('mongo members are asked apart: silence, refusal and another protocol stand beside the member', async () => {
  const read = (port: number) => readMongo({ members: ['127.32.1.1'], port, dial: dialDirect, timeoutMs: 300 });
  expect((await read(81)).members[0]).toMatchObject({ answered: false, error: expect.stringMatching(/in time/) });
  expect((await read(9)).members[0]).toMatchObject({ answered: false, error: expect.stringMatching(/refused/) });
  expect((await read(82)).members[0]).toMatchObject({ answered: false, error: expect.stringMatching(/cut/) });
  expect(await read(80)).toMatchObject({
    primary: null,
    voters: null,
    members: [{ answered: false, error: expect.stringMatching(/MongoDB/) }],
  });
});

test('mongo: of two that call themselves primary the newer election counts; arbiters and passives vote', async () => {
  const member = async (address: string, hello: object) => {
    const server = net.createServer((socket) => {
      socket
        .on('error', () => undefined)
        .once('data', (asked) => {
          expect(deserialize(asked.subarray(21))).toMatchObject({ hello: 1, $db: 'admin' });
          const body = serialize({ ...hello, ok: 1 });
          const message = Buffer.alloc(21 + body.length);
          message.writeInt32LE(message.length, 0);
          message.writeInt32LE(2013, 12);
          message.set(body, 21);
          // In two pieces, as a network may cut it.
          socket.write(message.subarray(0, 9));
          setImmediate(() => socket.write(message.subarray(9)));
        });
    });
    closing.push(() => server.close());
    await new Promise<void>((resolve) => server.listen(20000, address, resolve));
  };
  const election = (n: number) => ({
    isWritablePrimary: true,
    electionId: new ObjectId(`7fffffff00000000${n.toString(16).padStart(8, '0')}`),
  });
  const set = { hosts: ['a', 'b'], arbiters: ['c'], passives: ['d'] };
  await member('127.32.2.1', { ...set, ...election(3) });
  await member('127.32.2.2', { ...set, ...election(4) });
  await member('127.32.2.3', { ...set, secondary: true });
  const reading = await readMongo({ members: [1, 2, 3, 4].map((n) => `127.32.2.${n}`), port: 20000, dial: dialDirect });
  expect(reading).toMatchObject({ primary: '127.32.2.2', voters: 4 });
  expect(reading.members.map((m) => m.state)).toEqual(['primary', 'primary', 'secondary', null]);
});
