import { describe, expect, it } from 'vitest';
import type { DeploymentView } from '@/lib/contract/inventory';
import { fleetSentence } from './fleet-page';

const fleet = (...statuses: DeploymentView['status'][]) => statuses.map((status) => ({ status }) as DeploymentView);

describe('the sentence of the fleet', () => {
  it('says that all is well only when all is well', () => {
    expect(fleetSentence(fleet('UP'))).toBe('The deployment is up.');
    expect(fleetSentence(fleet('UP', 'UP'))).toBe('All 2 deployments are up.');
    expect(fleetSentence(fleet('UP', 'UNKNOWN'))).toBe('Of 2 deployments 1 is unknown, 1 up.');
  });
  it('names the worst first', () => {
    expect(fleetSentence(fleet('UP', 'UNSTABLE', 'DOWN', 'DOWN'))).toBe('Of 4 deployments 2 are down, 1 is unstable, 1 up.');
  });
});
