import type { Role } from '@/lab/plan';

/** One container of a host as the product names it, and what runs in it here. */
export interface Service {
  container: string;
  image: string;
  /** `redis`, `sentinel` and `livekit` are the real programs; everything else names a simulation in lab/sim. */
  program: 'redis' | 'sentinel' | 'livekit' | { sim: string };
  labels?: Record<string, string>;
}

const sim = (name: string, container: string, image: string): Service => ({ container, image, program: { sim: name } });

/** Images by the versions of the 3.9.0 release notes; the tag of a product image is the product's version. */
export function servicesOf(role: Role, index: number, version: string): Service[] {
  const old = version.startsWith('3.0.');
  const own = (image: string) => `openvidu/${image}:${version}`;
  // Before 3.8 promtail shipped the logs; 3.0 called the default application `app`.
  const logs = old ? sim('alloy', 'promtail', 'grafana/promtail:3.3.0') : sim('alloy', 'alloy', 'grafana/alloy:v1.19.2');
  if (role === 'master') {
    return [
      { container: 'redis-server', image: 'redis:8.10.1-alpine', program: 'redis' },
      { container: 'redis-sentinel', image: 'redis:8.10.1-alpine', program: 'sentinel' },
      sim('caddy', 'caddy', own('openvidu-pro-caddy')),
      sim('operator', 'operator', own('openvidu-operator')),
      sim('mongo', 'mongo', 'mongo:8.0.29'),
      sim('minio', 'minio', 'minio/minio:RELEASE.2025-09-22'),
      sim('dashboard', 'dashboard', own('openvidu-pro-dashboard')),
      old ? sim('meet', 'app', own('openvidu-call')) : sim('meet', 'openvidu-meet', own('openvidu-meet')),
      sim('grafana', 'grafana', 'grafana/grafana:12.4.10'),
      sim('mimir', 'mimir', 'grafana/mimir:3.2.0'),
      sim('loki', 'loki', 'grafana/loki:3.7.7'),
      logs,
    ];
  }
  const services: Service[] = [
    { container: 'openvidu', image: own('openvidu-server-pro'), program: 'livekit' },
    sim('ingress', 'ingress', own('ingress')),
    sim('egress', 'egress', own('egress')),
    sim('caddy', 'caddy', own('openvidu-caddy')),
    sim('prometheus', 'prometheus', 'prom/prometheus:v3.14.0'),
    logs,
  ];
  // The product marks worker containers by this label; one node of the lab has one.
  if (index === 1) {
    services.push({
      ...sim('agent', 'agent-speech-processing', own('agent-speech-processing')),
      labels: { 'openvidu-agent': 'true' },
    });
  }
  return services;
}

export const programName = (service: Service) => (typeof service.program === 'string' ? service.program : service.program.sim);
