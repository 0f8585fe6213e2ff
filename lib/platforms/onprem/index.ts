import type { Platform } from '../platform';
import { discover } from './discover';

const later = { can: false, why: 'Signalbox does not do this on this platform yet.' } as const;

/** OpenVidu 3.x HA on machines of one's own: SSH and Redis are all there is, no provider to ask. */
export const onprem: Platform = {
  name: 'onprem',
  capabilities: {
    discover: { can: true },
    listGroup: { can: false, why: 'On-premises there is no group of machines to ask: nodes are found in Redis.' },
    addNode: later,
    drainNode: later,
    setSize: { can: false, why: 'On-premises there is no autoscaler.' },
    restartNode: later,
    readConfig: later,
    writeConfig: later,
  },
  discover,
};
