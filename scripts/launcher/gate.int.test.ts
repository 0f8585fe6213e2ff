import { spawnSync } from 'node:child_process';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { createServer, request as plainRequest, type IncomingMessage, type Server } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { freePort } from '@/lib/db/embedded';
import { openGate, type Gate } from './gate';
import { trustedProxies } from './proxies';

let folder: string;
let upstream: Server;
let gate: Gate | undefined;
let readers = 0;
const openssl = spawnSync('openssl', ['version']).status === 0;
if (!openssl) console.warn('skipped: TLS at the gate (openssl, which makes the test certificate, is not installed)');

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'signalbox-gate-'));
  upstream = createServer((request, response) => {
    if (request.url === '/stream') {
      readers += 1;
      request.once('close', () => (readers -= 1));
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: first\n\n');
      return;
    }
    void buffer(request).then((body) => {
      response.writeHead(200, { 'set-cookie': ['a=1', 'b=2'] });
      response.end(JSON.stringify({ headers: request.headers, bytes: body.length }));
    });
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  await gate?.close();
  gate = undefined;
});
afterAll(async () => {
  upstream.closeAllConnections();
  upstream.close();
  await rm(folder, { recursive: true });
});

function makeCertificate(name: string): { certFile: string; keyFile: string } {
  const [certFile, keyFile] = [path.join(folder, `${name}.crt`), path.join(folder, `${name}.key`)];
  const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`];
  spawnSync('openssl', [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '2',
    '-keyout',
    keyFile,
    '-out',
    certFile,
    ...subject,
  ]);
  return { certFile, keyFile };
}

async function open(options: Partial<Parameters<typeof openGate>[0]> = {}): Promise<Gate> {
  const { port } = upstream.address() as AddressInfo; // a TCP server has an address of this kind
  gate = await openGate({
    host: '127.0.0.1',
    port: await freePort(),
    upstreamPort: port,
    tls: undefined,
    trusted: trustedProxies(undefined, false),
    log: () => undefined,
    ...options,
  });
  return gate;
}

function ask(
  at: Gate,
  url: string,
  { headers = {}, body }: { headers?: Record<string, string>; body?: Buffer } = {},
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const send = at.scheme === 'https' ? tlsRequest : plainRequest;
    const request = send(
      {
        host: '127.0.0.1',
        port: at.port,
        path: url,
        method: body ? 'POST' : 'GET',
        headers,
        rejectUnauthorized: false,
        agent: false,
      },
      resolve,
    );
    request.once('error', reject);
    request.end(body);
  });
}
const json = async (message: IncomingMessage) => JSON.parse((await buffer(message)).toString());

test('a client cannot say who it is, from where, or over what it came', async () => {
  const answer = await json(
    await ask(await open(), '/', {
      headers: {
        'x-forwarded-for': '1.2.3.4',
        'x-forwarded-proto': 'https',
        'x-forwarded-host': 'evil.example',
        host: 'box.example',
      },
    }),
  );
  expect(answer.headers).toMatchObject({
    'x-forwarded-for': '127.0.0.1',
    'x-forwarded-proto': 'http',
    'x-forwarded-host': 'box.example',
    host: 'box.example',
  });
});

test('a trusted proxy says who the client is', async () => {
  const answer = await json(
    await ask(await open({ trusted: trustedProxies('127.0.0.1', true) }), '/', {
      headers: { 'x-forwarded-for': '9.9.9.9, 198.51.100.7', 'x-forwarded-proto': 'https' },
    }),
  );
  expect(answer.headers).toMatchObject({ 'x-forwarded-for': '198.51.100.7', 'x-forwarded-proto': 'https' });
});

test.each(['content-length', 'transfer-encoding'])('a large body passes whole (%s)', async (kind) => {
  const body = Buffer.alloc(3_000_000, 'x');
  const message = await ask(await open(), '/', {
    body,
    headers: kind === 'transfer-encoding' ? { 'transfer-encoding': 'chunked' } : {},
  });
  expect(message.headers['set-cookie']).toEqual(['a=1', 'b=2']);
  expect((await json(message)).bytes).toBe(body.length);
});

test('an event arrives while the stream is open, and a reader who leaves frees it', async () => {
  const message = await ask(await open(), '/stream');
  const first = await new Promise((resolve) => message.once('data', (chunk) => resolve(String(chunk))));
  expect(first).toBe('data: first\n\n');
  expect(readers).toBe(1);
  message.destroy();
  await vi.waitFor(() => expect(readers).toBe(0));
});

test('closing ends open streams at once', async () => {
  const opened = await open();
  const message = await ask(opened, '/stream');
  const gone = new Promise((resolve) => message.once('close', resolve));
  message.once('error', () => undefined); // cut off, as it should be
  message.resume();
  await opened.close();
  await gone;
});

test('while the console is away, the answer is 503 as a problem document', async () => {
  const message = await ask(await open({ upstreamPort: await freePort() }), '/');
  expect(message.statusCode).toBe(503);
  expect(message.headers).toMatchObject({ 'content-type': 'application/problem+json', 'retry-after': '1' });
  expect(await json(message)).toMatchObject({ status: 503, title: 'Signalbox is starting' });
});

test.runIf(openssl)('TLS is ended here, the address is the name in the certificate, and streams flow', async () => {
  const opened = await open({ tls: makeCertificate('box.example') });
  expect(opened.certifiedUrl).toBe(`https://box.example:${opened.port}`);
  expect((await json(await ask(opened, '/'))).headers).toMatchObject({ 'x-forwarded-proto': 'https' });
  const message = await ask(opened, '/stream');
  expect(await new Promise((resolve) => message.once('data', (chunk) => resolve(String(chunk))))).toBe('data: first\n\n');
  message.destroy();
});

test.runIf(openssl)('a certificate and a key that do not belong together are refused', async () => {
  const [one, two] = [makeCertificate('one.example'), makeCertificate('two.example')];
  await copyFile(two.keyFile, one.keyFile);
  await expect(open({ tls: one })).rejects.toThrow('key values mismatch');
});
