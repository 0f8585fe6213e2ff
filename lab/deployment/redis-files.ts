import { PORTS, REDIS_MASTER_NAME, type HostPlan, type LabPlan } from '@/lab/plan';

/**
 * Configs of the real Redis and Sentinel. On loopback every client's source address is 127.0.0.1, so replicas and sentinels
 * announce their own; without that the sentinels take each other for one and no failover happens. Both rewrite their file.
 */
export function redisConf(plan: LabPlan, host: HostPlan, password: string): string {
  const first = plan.masters[0];
  const replica = first && host.address !== first.address ? [`replicaof ${first.address} ${PORTS.redis}`] : [];
  return `${[
    `bind ${host.address}`,
    `port ${PORTS.redis}`,
    'protected-mode no',
    'dir /opt/openvidu/data/redis',
    `requirepass ${password}`,
    `masterauth ${password}`,
    `replica-announce-ip ${host.address}`,
    `replica-announce-port ${PORTS.redis}`,
    'repl-diskless-sync-delay 0',
    'save 60 1',
    ...replica,
  ].join('\n')}\n`;
}

export function sentinelConf(plan: LabPlan, host: HostPlan, password: string): string {
  const name = REDIS_MASTER_NAME;
  return `${[
    `bind ${host.address}`,
    `port ${PORTS.sentinel}`,
    'protected-mode no',
    'dir /opt/openvidu/data/redis',
    `requirepass ${password}`,
    `sentinel sentinel-pass ${password}`,
    `sentinel announce-ip ${host.address}`,
    `sentinel announce-port ${PORTS.sentinel}`,
    `sentinel monitor ${name} ${plan.masters[0]?.address ?? ''} ${PORTS.redis} 2`,
    `sentinel auth-pass ${name} ${password}`,
    `sentinel down-after-milliseconds ${name} 3000`,
    `sentinel failover-timeout ${name} 10000`,
  ].join('\n')}\n`;
}
