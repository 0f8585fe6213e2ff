import type { Scenario } from '@/lab/scenarios/scenario';

export const healthy: Scenario = {
  what: 'Nothing is done: every host, container and link works.',
  expect: 'Every node is up and every media node is serving.',
  apply: async () => undefined,
  heal: async () => undefined,
};
