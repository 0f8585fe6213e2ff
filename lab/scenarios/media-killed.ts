import { servesAgain } from '@/lab/scenarios/conditions';
import type { Scenario } from '@/lab/scenarios/scenario';

const HOST = 'media-1';

export const mediaKilled: Scenario = {
  what: `SIGKILL to LiveKit on ${HOST} through the engine, so that no restart policy brings it back.`,
  expect: `${HOST} is down within 4 s; its rooms move to other nodes as clients rejoin; its entry in Redis stays and goes stale.`,
  apply: (lab) => lab.host(HOST).kill('openvidu', 'KILL'),
  async heal(lab) {
    await lab.host(HOST).must(['docker', 'start', 'openvidu']);
    await servesAgain(lab, HOST);
  },
};
