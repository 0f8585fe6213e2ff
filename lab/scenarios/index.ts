import { healthy } from '@/lab/scenarios/healthy';
import { mediaKilled } from '@/lab/scenarios/media-killed';
import type { Scenario } from '@/lab/scenarios/scenario';

export const scenarios = {
  healthy,
  'media-killed': mediaKilled,
} satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof scenarios;
export const isScenarioName = (name: string): name is ScenarioName => Object.hasOwn(scenarios, name);
