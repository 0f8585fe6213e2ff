import type { DeploymentSettings } from '@/lib/contract/inventory';

/** What the contract fills in, as plain data: the browser does not load zod for it. A test holds it to the contract. */
export const SETTINGS_DEFAULTS: DeploymentSettings = {
  domain: null,
  livekitUrl: null,
  livekitApiKey: null,
  masters: [],
  ssh: null,
  redisVia: 'auto',
  sentinelMasterName: null,
  redisDb: 0,
  ports: {
    ssh: 22,
    redis: 7000,
    sentinel: 7001,
    mongo: 20000,
    minio: 9100,
    caddy: 7880,
    livekit: 7880,
    egressHealth: 9091,
    ingressHealth: 9092,
    mimir: 9009,
    loki: 3100,
    grafana: 3000,
  },
  tls: { verify: true, ca: null },
  installDir: '/opt/openvidu',
  timeZone: 'UTC',
  limits: { minMediaNodes: 1, drainDeadlineMs: null, soakMs: 30_000 },
};
