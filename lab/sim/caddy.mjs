import { createServer, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { bridge, config, endOnSignal, listen, port, readConfig, ready, status } from './wire/service.mjs';

const CHECK_EVERY_MS = 5000;
const CHECK_TIMEOUT_MS = 2000;

/** Media nodes whose `GET /` was 200 at the last check; a draining LiveKit still answers 200, so it stays in. */
let healthy = [];
let turn = 0;

/** One check of every media node of the config, which is read again: the operator keeps Caddy's list up to date. */
async function check() {
  const { media } = readConfig();
  const answers = await Promise.all(media.map((node) => status(`http://${node}:${port('livekit')}/`, CHECK_TIMEOUT_MS)));
  healthy = media.filter((_, index) => answers[index] === 200);
}

/** A connected socket to the next healthy media node; a refused connection tries the one after it. */
async function dial() {
  const order = healthy.map((_, index) => healthy[(turn + index) % healthy.length]);
  turn += 1;
  for (const host of order) {
    const socket = await new Promise((done) => {
      const attempt = connect({ host, port: port('livekit'), timeout: CHECK_TIMEOUT_MS });
      const failed = () => (attempt.destroy(), done(undefined));
      attempt.once('connect', () => {
        attempt.off('error', failed).off('timeout', failed).setTimeout(0);
        done(attempt);
      });
      attempt.once('error', failed).once('timeout', failed);
    });
    if (socket) return { host, socket };
  }
  return undefined;
}

/** The request as it goes on: same method, path and headers, with the caller's address added as Caddy does. */
function onward(request, { host, socket }) {
  const headers = {
    ...request.headers,
    'x-forwarded-for': request.socket.remoteAddress,
    'x-forwarded-host': request.headers.host,
  };
  return httpRequest({
    host,
    port: port('livekit'),
    method: request.method,
    path: request.url,
    headers,
    createConnection: () => socket,
  });
}

async function proxy(request, response) {
  const upstream = await dial();
  if (!upstream) return response.writeHead(503).end();
  const out = onward(request, upstream);
  out.on('response', (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  out.on('error', () => (response.headersSent ? response.destroy() : response.writeHead(502).end()));
  response.on('close', () => upstream.socket.destroy());
  request.pipe(out);
}

/** WebSockets: after the upstream's 101 both sockets are joined; when one closes, so does the other. */
async function upgrade(request, client, head) {
  client.on('error', () => client.destroy());
  const upstream = await dial();
  if (!upstream) return client.end('HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n');
  const out = onward(request, upstream);
  const join = (answer, server, rest) => {
    const lines = [];
    for (let i = 0; i < answer.rawHeaders.length; i += 2) lines.push(`${answer.rawHeaders[i]}: ${answer.rawHeaders[i + 1]}`);
    client.write(`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}\r\n${lines.join('\r\n')}\r\n\r\n`);
    if (rest.length) client.write(rest);
    if (head.length) server.write(head);
    server.on('error', () => client.destroy()).on('close', () => client.destroy());
    client.on('close', () => server.destroy());
    server.pipe(client);
    client.pipe(server);
  };
  out.on('upgrade', join);
  out.on('response', (answer) => {
    client.write(`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}\r\nconnection: close\r\n\r\n`);
    answer.pipe(client);
  });
  out.on('error', () => client.destroy());
  client.on('close', () => upstream.socket.destroy());
  out.end();
}

async function master() {
  const server = createServer((request, response) => {
    if (request.url === '/health/caddy') return response.writeHead(200, { 'content-type': 'text/plain' }).end('OK');
    return proxy(request, response);
  });
  server.on('upgrade', upgrade);
  await check();
  setInterval(() => check().catch(() => undefined), CHECK_EVERY_MS);
  // Until each node was there once it looks more often, so that a deployment's start does not wait for a check.
  const start = setInterval(async () => {
    await check().catch(() => undefined);
    if (healthy.length === config.media.length) clearInterval(start);
  }, 500);
  await listen(server, port('caddy'));
  await bridge(port('rtmpBridge'), () => healthy.map((host) => ({ host, port: port('rtmp') })));
  ready(`reverse proxy to ${config.media.length} media nodes`);
}

/** On a media node Caddy balances what its services send to the masters. */
async function media() {
  for (const name of ['minio', 'mimir', 'loki']) {
    await bridge(port(name), () => readConfig().masters.map((host) => ({ host, port: port(name) })));
  }
  ready('bridges to the masters');
}

endOnSignal();
await (config.role === 'media' ? media() : master());
