import { describe, expect, it } from 'vitest';
import type { DeploymentView } from '@/lib/contract/inventory';
import { figuresOf } from './deployment-row';
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

describe('the figures of a deployment', () => {
  const counts = { nodes: 8, up: 5, unstable: 1, down: 1, unknown: 1, rooms: 14, participants: 1, egress: 2, ingress: 0 };
  it('never shows an unknown figure as zero', () => {
    expect(figuresOf({ ...counts, rooms: null, participants: null, egress: null })).toBe('5 of 8 nodes up · rooms unknown');
    expect(figuresOf({ ...counts, nodes: 0, rooms: null, participants: null, egress: null })).toBe(
      'no nodes known · rooms unknown',
    );
    expect(figuresOf({ ...counts, participants: null })).toBe('5 of 8 nodes up · 14 rooms · people unknown · 2 egress');
  });
  it('counts in whole words', () => {
    expect(figuresOf(counts)).toBe('5 of 8 nodes up · 14 rooms · 1 person · 2 egress');
  });
});
