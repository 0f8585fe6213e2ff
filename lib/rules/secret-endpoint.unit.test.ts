import { expect, test } from 'vitest';
import { SecretKind } from '@/lib/contract/inventory';
import { endpointOf, hostPort, type EndpointSettings } from './secret-endpoint';

const settings: EndpointSettings = {
  livekitUrl: 'wss://Live.Example.com/',
  masters: ['10.0.0.14', '10.0.0.11', '10.0.0.13', '10.0.0.12'],
  ssh: { user: 'ops', jump: { address: 'Jump.example.com', port: 2222, user: 'hop' } },
  ports: { ssh: 22, redis: 7000, sentinel: 7001 },
};
const masters = '10.0.0.11,10.0.0.12,10.0.0.13,10.0.0.14';

test.each([
  ['livekitApiSecret', 'https://live.example.com'],
  ['sshKey', `ops@${masters}:22 via hop@jump.example.com:2222`],
  ['sshKeyPassphrase', `ops@${masters}:22 via hop@jump.example.com:2222`],
  ['sshPassword', `ops@${masters}:22 via hop@jump.example.com:2222`],
  ['jumpKey', 'hop@jump.example.com:2222'],
  ['jumpKeyPassphrase', 'hop@jump.example.com:2222'],
  ['jumpPassword', 'hop@jump.example.com:2222'],
  ['redisPassword', `${masters}:7000,7001`],
  ['sentinelPassword', `${masters}:7000,7001`],
] as const)('%s is bound to %s', (kind, endpoint) => {
  expect(endpointOf(kind, settings)).toBe(endpoint);
});

test('spellings of the same endpoint are one endpoint', () => {
  const same: EndpointSettings = {
    ...settings,
    livekitUrl: 'https://live.example.com:443',
    masters: settings.masters.toReversed(),
  };
  for (const kind of SecretKind.options) expect(endpointOf(kind, same)).toBe(endpointOf(kind, settings));
});

test('any change of address, port, user, jump host or scheme is another endpoint for the secrets that go there', () => {
  const other: EndpointSettings[] = [
    { ...settings, masters: ['10.0.0.99', ...settings.masters.slice(1)] },
    { ...settings, ports: { ssh: 2022, redis: 7100, sentinel: 7001 } },
    { ...settings, ssh: { user: 'root', jump: null } },
  ];
  for (const s of other) expect(endpointOf('sshKey', s)).not.toBe(endpointOf('sshKey', settings));
  expect(endpointOf('redisPassword', other[0]!)).not.toBe(endpointOf('redisPassword', settings));
  expect(endpointOf('redisPassword', other[1]!)).not.toBe(endpointOf('redisPassword', settings));
  expect(endpointOf('livekitApiSecret', { ...settings, livekitUrl: 'http://live.example.com' })).not.toBe(
    endpointOf('livekitApiSecret', settings),
  );
});

test('without an endpoint a secret is bound to nothing', () => {
  const none: EndpointSettings = { livekitUrl: null, masters: [], ssh: null, ports: settings.ports };
  for (const kind of SecretKind.options) expect(endpointOf(kind, none)).toBeNull();
});

test('an IPv6 address has one spelling, in brackets', () => {
  expect(hostPort('2001:DB8:0:0::1', 22)).toBe('[2001:db8::1]:22');
});
