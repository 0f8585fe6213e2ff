import { everyMediaServes, masterAnswers, redisMasterHost } from '@/lab/scenarios/conditions';
import type { Scenario } from '@/lab/scenarios/scenario';

export const masterLost: Scenario = {
  what: 'One master is switched off: SSH server, engine and all containers are gone at once. Not the one with the Redis master.',
  expect:
    'That master is down by its silence and the votes of its peers; every quorum holds, so the deployment is unstable but works.',
  async apply(lab) {
    const redis = await redisMasterHost(lab);
    const lost = lab.plan.masters.findLast((master) => master.name !== redis);
    if (lost) await lab.host(lost.name).powerOff();
  },
  async heal(lab) {
    const off = lab.hosts.filter((host) => !host.isOn);
    await Promise.all(off.map((host) => host.powerOn()));
    await Promise.all(off.map((host) => masterAnswers(host.address)));
    await everyMediaServes(lab);
  },
};
