import { clockSkew } from '@/lab/scenarios/clock-skew';
import { diskFull } from '@/lab/scenarios/disk-full';
import { fortyNodes } from '@/lab/scenarios/forty-nodes';
import { hang } from '@/lab/scenarios/hang';
import { healthy } from '@/lab/scenarios/healthy';
import { masterLost } from '@/lab/scenarios/master-lost';
import { mediaKilled } from '@/lab/scenarios/media-killed';
import { partition } from '@/lab/scenarios/partition';
import { redisFailover } from '@/lab/scenarios/redis-failover';
import type { Scenario } from '@/lab/scenarios/scenario';
import { slowSsh } from '@/lab/scenarios/slow-ssh';

const all = {
  healthy,
  'media-killed': mediaKilled,
  'redis-failover': redisFailover,
  'master-lost': masterLost,
  hang,
  partition,
  'slow-ssh': slowSsh,
  'clock-skew': clockSkew,
  'disk-full': diskFull,
  'forty-nodes': fortyNodes,
};

export type ScenarioName = keyof typeof all;
export const scenarios: Record<ScenarioName, Scenario> = all;
export const isScenarioName = (name: string): name is ScenarioName => Object.hasOwn(all, name);
