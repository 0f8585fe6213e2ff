import { describe, expect, it } from 'vitest';
import { DeploymentUpdate } from './inventory';

describe('DeploymentUpdate', () => {
  it('changes only what is present: a new name resets no setting to its default', () => {
    expect(DeploymentUpdate.parse({ name: 'Calls EU' })).toEqual({ name: 'Calls EU' });
    expect(DeploymentUpdate.parse({ redisDb: 3, ssh: null })).toEqual({ redisDb: 3, ssh: null });
  });

  it('still fills in what a present group leaves out', () => {
    expect(DeploymentUpdate.parse({ ports: { redis: 7100 } }).ports).toMatchObject({ redis: 7100, sentinel: 7001 });
  });

  it('refuses 3 masters in a change as well', () => {
    expect(DeploymentUpdate.safeParse({ masters: ['10.0.0.1', '10.0.0.2', '10.0.0.3'] }).success).toBe(false);
  });
});
