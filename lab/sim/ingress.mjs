import { createServer } from 'node:net';
import { config, control, listen, log, port, ready, serve } from './wire/service.mjs';

/**
 * A simulated ingress worker: it takes no media, but answers on its health ports (ing:pkg/service/service.go), keeps its
 * psrpc presence and writes IngressInfo and IngressState. Signals as upstream (ing:cmd/server/main.go): SIGTERM and
 * SIGQUIT wait for the sessions, looking every 5 s; SIGINT breaks them off; only the first signal is read.
 */
let worker;
let leaving = false;

const availability = () => (leaving ? [503, 'No availability'] : [200, 'Available']);

async function leave(signal) {
  if (leaving) return;
  leaving = true;
  log(`${signal}: leaving`);
  await worker?.leave(signal === 'SIGINT');
  process.exit(0);
}

for (const signal of ['SIGTERM', 'SIGQUIT', 'SIGINT']) process.on(signal, () => leave(signal));
await serve(port('ingress'), { '/': [200, 'Healthy'], '/availability': availability });
await serve(port('whip'), { '/health': [200, 'Healthy'], '/availability': availability });
await listen(
  createServer((socket) => socket.on('error', () => socket.destroy()).resume()),
  port('rtmp'),
);
const { IngressWorker } = await import('./wire/ingress-worker.mjs');
worker = new IngressWorker(config.redis, config.address, log);
await control({ start: (body) => worker.start(body), stop: (body) => worker.stop(body.ingressId), list: () => worker.list() });
await worker.ready();
ready('takes no media');
