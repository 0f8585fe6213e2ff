import { describe, expect, it } from 'vitest';
import { requestOf } from './rest-link';

describe('requests by the contract', () => {
  it('puts names into the path, escaped, and the rest into the query of a GET', () => {
    expect(
      requestOf(
        { method: 'GET', path: '/deployments/{slug}/nodes/{node}/samples' },
        { slug: 'prod', node: 'a/b?c', range: '1h', metrics: undefined },
      ),
    ).toEqual({ method: 'GET', url: '/deployments/prod/nodes/a%2Fb%3Fc/samples?range=1h', body: undefined });
  });
  it('sends what is left as JSON, and no body where nothing is left', () => {
    expect(requestOf({ method: 'PATCH', path: '/deployments/{slug}' }, { slug: 'prod', name: '"x"' })).toEqual({
      method: 'PATCH',
      url: '/deployments/prod',
      body: '{"name":"\\"x\\""}',
    });
    expect(requestOf({ method: 'POST', path: '/deployments/{slug}/check' }, { slug: 'prod' })).toEqual({
      method: 'POST',
      url: '/deployments/prod/check',
      body: undefined,
    });
  });
  it('takes a verb without input', () => {
    expect(requestOf({ method: 'GET', path: '/me' }, undefined)).toEqual({ method: 'GET', url: '/me', body: undefined });
  });
});
