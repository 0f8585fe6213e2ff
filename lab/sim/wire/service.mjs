import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer, get } from 'node:http';
import { connect, createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';

/**
 * Ports of the product's own tables (OpenVidu 3.9 on-premises, install pages); `ports` of the config overrides by name.
 * Egress health 9091, Alloy 12345 and Prometheus 9090 are the programs' defaults: the product documents none.
 */
const DEFAULT_PORTS = {
  caddy: 7880,
  livekit: 7880,
  rtmpBridge: 1945,
  mongo: 20000,
  minio: 9100,
  dashboard: 5000,
  meet: 9080,
  v2compatibility: 4443,
  grafana: 3000,
  mimir: 9009,
  loki: 3100,
  alloy: 12345,
  prometheus: 9090,
  egress: 9091,
  ingress: 9092,
  rtmp: 1935,
  whip: 8080,
};

/** The config file named by SIM_CONFIG, read again at each call: the lab changes `media` while a service runs. */
export function readConfig() {
  const path = process.env.SIM_CONFIG;
  if (!path) throw new Error('SIM_CONFIG names no config file');
  return JSON.parse(readFileSync(path, 'utf8'));
}

export const config = readConfig();

/** Port of a service by its name in DEFAULT_PORTS. */
export const port = (name) => config.ports?.[name] ?? DEFAULT_PORTS[name];

export const log = (text) => process.stdout.write(`${new Date().toISOString()} ${text}\n`);

/** The one line that says that this is a simulation; printed once everything listens. */
export const ready = (what = '') =>
  log(`simulated ${config.service} of ${config.host} on ${config.address}${what && `: ${what}`}`);

/** Plain services end at once with 0 on SIGTERM and SIGINT. Egress, ingress and livekit have rules of their own. */
export function endOnSignal() {
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(0));
}

/** Listens on the host's own address only; a port that is taken ends the process with 1, as the real one would. */
export function listen(server, portNumber) {
  return new Promise((done) => {
    server.once('error', (error) => {
      log(`${config.service} cannot listen on ${config.address}:${portNumber}: ${error.message}`);
      process.exit(1);
    });
    server.listen(portNumber, config.address, () => done(server));
  });
}

/** An HTTP server of fixed answers: `routes` maps a path to [status, body] or a function of the request. */
export async function serve(portNumber, routes, otherwise = [404, 'Not Found']) {
  const server = createServer(async (request, response) => {
    const path = (request.url ?? '/').split('?')[0];
    const route = routes[path] ?? otherwise;
    const [status, body, headers] = typeof route === 'function' ? await route(request) : route;
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    response.writeHead(status, { 'content-type': typeof body === 'string' ? 'text/plain' : 'application/json', ...headers });
    response.end(request.method === 'HEAD' ? undefined : text);
  });
  return listen(server, portNumber);
}

/** The status of a GET, or 0 when there was no answer in time. (`fetch` would cost each process 10 MB.) */
export function status(url, timeoutMs) {
  return new Promise((done) => {
    const request = get(url, { agent: false, timeout: timeoutMs }, (response) => {
      response.resume();
      done(response.statusCode ?? 0);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => done(0));
  });
}

/** A TCP bridge that gives each connection to the next of `targets()` that can be reached. */
export async function bridge(portNumber, targets) {
  let turn = 0;
  const server = createTcpServer((client) => {
    client.on('error', () => client.destroy());
    client.pause();
    const order = targets();
    const first = turn++;
    const attempt = (n) => {
      const target = order[(first + n) % order.length];
      if (!target || n >= order.length) return client.destroy();
      const upstream = connect({ ...target, timeout: 2000 });
      upstream.once('connect', () => {
        upstream.setTimeout(0);
        upstream.removeAllListeners('error').on('error', () => client.destroy());
        client.pipe(upstream).pipe(client);
        client.on('close', () => upstream.destroy());
      });
      upstream.once('timeout', () => upstream.destroy(new Error('time-out')));
      upstream.once('error', () => attempt(n + 1));
    };
    attempt(0);
  });
  return listen(server, portNumber);
}

/**
 * How the lab tells a running simulation to do something: JSON over HTTP on a port of its own, whose URL stands in
 * `<dir>/<service>.control`. `acts` maps a path to an async function of the body; what it throws becomes a 409.
 */
export async function control(acts) {
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const act = acts[(request.url ?? '').slice(1)];
    try {
      if (!act) throw new Error(`no such act: ${request.url}`);
      const result = await act(text ? JSON.parse(text) : {});
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result ?? {}));
    } catch (error) {
      response.writeHead(409, { 'content-type': 'application/json' }).end(JSON.stringify({ error: error.message }));
    }
  });
  await listen(server, 0);
  const file = join(config.dir, `${config.service}.control`);
  mkdirSync(config.dir, { recursive: true });
  writeFileSync(`${file}.new`, `http://${config.address}:${server.address().port}/`);
  renameSync(`${file}.new`, file);
  return server;
}
