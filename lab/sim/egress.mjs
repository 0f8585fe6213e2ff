import { createServer } from 'node:http';
import { cpus, loadavg } from 'node:os';
import { config, control, listen, log, port, ready } from './wire/service.mjs';

/**
 * A simulated egress worker: no picture is recorded, everything that others can see of a worker is real. It answers on its
 * health port (eg:cmd/server/http.go), takes StartEgress and StopEgress by psrpc from real livekit-servers, and writes
 * EgressInfo to Redis. Signals as upstream (eg:cmd/server/main.go): SIGTERM and SIGQUIT finish the recordings first,
 * SIGINT breaks them off, and only the first signal is read.
 */
const requests = new Map();
let worker;
let leaving = false;

const health = createServer((_, response) => {
  const available = Math.max(0, cpus().length - loadavg()[0]);
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ CpuLoad: Number(available.toFixed(2)), ...Object.fromEntries(requests) }));
});

async function leave(signal) {
  if (leaving) return;
  leaving = true;
  log(`${signal}: ${signal === 'SIGINT' ? 'breaking off' : 'finishing'} ${requests.size} egress`);
  await worker?.leave(signal === 'SIGINT');
  process.exit(0);
}

for (const signal of ['SIGTERM', 'SIGQUIT', 'SIGINT']) process.on(signal, () => leave(signal));
await listen(health, port('egress'));
// The Redis and protobuf modules take most of the start: the port answers before they are in.
const { EgressWorker } = await import('./wire/egress-worker.mjs');
worker = new EgressWorker(config.redis, requests, log);
await control({
  start: (body) => worker.start(body),
  stop: (body) => worker.stop(body.egressId),
  list: () => ({ egressIds: [...requests.keys()] }),
});
await worker.ready();
ready('records nothing');
