export type Role = 'master' | 'media';

/** One machine of the deployment: its own loopback address and its own group id (a packet filter knows its traffic by it). */
export interface HostPlan {
  name: string;
  role: Role;
  /** 1 is the first of its role. */
  index: number;
  address: string;
  gid: number;
  /** TCP and UDP port of LiveKit's media; it binds every address of the machine, so no two may share one. */
  rtcPort: number;
}

export interface LabPlan {
  octet: number;
  domain: string;
  balancer: string;
  masters: HostPlan[];
  media: HostPlan[];
}

/** Service ports of the 3.9 on-premises tables; those of Alloy, Prometheus and egress health are the programs' defaults. */
export const PORTS = {
  caddy: 7880,
  livekit: 7880,
  redis: 7000,
  sentinel: 7001,
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
  livekitMetrics: 6789,
} as const;

export const REDIS_MASTER_NAME = 'openvidu';
export const MASTER_COUNT = 4;
/** Simulated media servers of the forty-nodes scenario start behind the real ones. */
export const address = (octet: number, last: number) => `127.${octet}.0.${last}`;

/** The address plan: balancer .2, masters .11 to .14, media nodes from .21. */
export function planLab(octet: number, media: number): LabPlan {
  const host = (role: Role, index: number): HostPlan => ({
    name: `${role}-${index}`,
    role,
    index,
    address: address(octet, (role === 'master' ? 10 : 20) + index),
    gid: 700_000 + octet * 1000 + (role === 'master' ? 10 : 20) + index,
    rtcPort: 21_000 + octet * 40 + index,
  });
  const many = (role: Role, count: number) => Array.from({ length: count }, (_, i) => host(role, i + 1));
  return {
    octet,
    domain: `lab-${octet}.openvidu.test`,
    balancer: address(octet, 2),
    masters: many('master', MASTER_COUNT),
    media: many('media', media),
  };
}
