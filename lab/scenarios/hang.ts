import { servesAgain } from '@/lab/scenarios/conditions';
import type { Scenario } from '@/lab/scenarios/scenario';

const HOST = 'media-1';

export const hang: Scenario = {
  what: `SIGSTOP to LiveKit on ${HOST}: the process lives, its ports accept, nothing answers.`,
  expect: `${HOST}: heartbeat stale and HTTP silent while its container runs and its pub/sub subscription stays.`,
  apply: (lab) => lab.host(HOST).signal('openvidu', 'STOP'),
  async heal(lab) {
    await lab.host(HOST).signal('openvidu', 'CONT');
    await servesAgain(lab, HOST);
  },
};
