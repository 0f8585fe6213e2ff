import { heartbeatIsStale, servesAgain } from '@/lab/scenarios/conditions';
import { cutOff, firewallProblem } from '@/lab/machine/firewall';
import type { Scenario } from '@/lab/scenarios/scenario';

const HOST = 'media-1';

export const partition: Scenario = {
  what: `${HOST} is cut off: packets to its address and packets of its processes to anywhere else are dropped.`,
  expect: `${HOST}: SSH, HTTP and heartbeat are silent while its pub/sub subscription lasts until TCP gives up; calls between its own clients go on.`,
  problem: () => firewallProblem(),
  async apply(lab) {
    const host = lab.host(HOST);
    await cutOff(lab.octet, host.address, host.gid);
    await heartbeatIsStale(lab, HOST);
  },
  // The rules are removed by the lab itself before this runs.
  heal: (lab) => servesAgain(lab, HOST, 60_000).then(() => undefined),
};
