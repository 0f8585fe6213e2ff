import { config, endOnSignal, port, ready, serve, status } from './wire/service.mjs';

/** Is the MinIO of another master alive? Asked when somebody asks us, never in the background. */
const alive = async (master) => (await status(`http://${master}:${port('minio')}/minio/health/live`, 1000)) === 200;

/** Four drives with parity 2 write with three of them: 503 when more than one server is gone. Healing is not simulated. */
async function cluster() {
  const peers = config.masters.filter((master) => master !== config.address);
  const up = (await Promise.all(peers.map(alive))).filter(Boolean).length + 1;
  const quorum = Math.floor(config.masters.length / 2) + 1;
  return [up >= quorum ? 200 : 503, '', { 'x-minio-write-quorum': String(quorum) }];
}

endOnSignal();
const denied = [403, '<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', { 'content-type': 'application/xml' }];
await serve(
  port('minio'),
  { '/minio/health/live': [200, ''], '/minio/health/ready': [200, ''], '/minio/health/cluster': cluster },
  denied,
);
ready('health endpoints only, no objects');
