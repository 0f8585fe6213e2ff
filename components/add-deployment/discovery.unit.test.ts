import { describe, expect, it } from 'vitest';
import { EMPTY } from '@/components/deployment-form/values';
import { createBody } from '@/components/deployment-form/bodies';
import { DeploymentCreate } from '@/lib/contract/inventory';
import { DiscoverInput, DiscoverResult } from '@/lib/contract/tasks';
import { asFormErrors, discoverBody, foundSecrets, foundValues } from './discovery';

const typed = {
  ...EMPTY,
  'masters.0': ' 10.0.0.11 ',
  'ssh.auth': 'key',
  'ssh.user': 'ops',
  'secrets.sshKey': 'KEY',
  'secrets.redisPassword': 'typed before',
};

const result = DiscoverResult.parse({
  settings: {
    domain: 'calls.example.com',
    masters: ['10.0.0.11', '10.0.0.12', '10.0.0.13', '10.0.0.14'],
    ssh: { user: 'ops', auth: 'key', mode: 'full' },
    ports: { ssh: 22 },
  },
  mediaNodes: [{ name: 'media-1', address: '10.0.0.21' }, { address: '10.0.0.22' }],
  detected: { version: '3.9.0', modules: [], configLayout: 'cluster', rtcEngine: 'pion' },
  secretsFound: ['redisPassword', 'livekitApiSecret'],
  hostKeys: [],
  notes: [],
});

describe('discovery', () => {
  it('asks with one address, a user and a key; no secret that it does not need leaves the page', () => {
    const { body, errors } = discoverBody(typed, []);
    expect(errors).toEqual({});
    expect(body).toMatchObject({ address: '10.0.0.11', user: 'ops', auth: 'key', port: 22, secrets: { sshKey: 'KEY' } });
    expect(body.secrets).not.toHaveProperty('redisPassword');
    expect(DiscoverInput.safeParse(body).success).toBe(true);
  });

  it('shows each error of its request beside the field that was typed into', () => {
    expect(
      asFormErrors([
        { field: 'address', detail: 'a' },
        { field: 'secrets.sshKey', detail: 'b' },
      ]).map((e) => e.field),
    ).toEqual(['masters.0', 'secrets.sshKey']);
  });

  it('fills in what it found and keeps what it did not', () => {
    const v = foundValues(result, { ...typed, livekitApiKey: 'kept' });
    expect(v).toMatchObject({
      name: 'calls.example.com',
      'masters.3': '10.0.0.14',
      livekitApiKey: 'kept',
      mediaNodes: 'media-1 10.0.0.21\n10.0.0.22',
      'secrets.sshKey': 'KEY',
    });
    expect(foundSecrets(result)).toHaveProperty(['secrets.livekitApiSecret']);
  });

  it('leads to a deployment that the contract takes, with the task that holds the sealed secrets', () => {
    const discoverTaskId = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';
    const { body } = createBody(foundValues(result, typed), { discoverTaskId });
    expect(DeploymentCreate.parse(body)).toMatchObject({ discoverTaskId, masters: result.settings.masters, platform: 'onprem' });
  });
});
