import { everyMediaServes, otherRedisMaster, redisMasterHost } from '@/lab/scenarios/conditions';
import type { Scenario } from '@/lab/scenarios/scenario';

export const redisFailover: Scenario = {
  what: 'The container redis-server is killed on the host that holds the Redis master, and stays down.',
  expect:
    'Redis cannot be read for about 4 s, then every LiveKit heartbeat looks stale for a moment; a replica takes over. One master has a stopped container.',
  async apply(lab) {
    const before = await lab.redisMaster();
    await lab.host(await redisMasterHost(lab)).kill('redis-server', 'KILL');
    await otherRedisMaster(lab, before);
  },
  async heal(lab) {
    for (const master of lab.plan.masters) {
      const host = lab.host(master.name);
      if ((await host.container('redis-server')).status !== 'running') await host.must(['docker', 'start', 'redis-server']);
    }
    await everyMediaServes(lab);
  },
};
