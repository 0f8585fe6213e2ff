import { expect, test } from 'vitest';
import { clientAddress, trustedProxies } from './proxies';

const none = trustedProxies(undefined, false);
const local = trustedProxies(undefined, true);
const ranges = trustedProxies('10.0.0.0/8, fd00::/8', true);

test.each([
  ['a stranger cannot give itself another address', '203.0.113.9', '1.2.3.4', none, '203.0.113.9', false],
  ['a proxy on this machine tells the client', '127.0.0.1', '198.51.100.7', local, '198.51.100.7', true],
  ['what the client wrote before the proxy does not count', '127.0.0.1', '6.6.6.6, 198.51.100.7', local, '198.51.100.7', true],
  ['a chain of trusted proxies is walked', '::ffff:10.0.0.1', '198.51.100.7, 10.1.1.1', ranges, '198.51.100.7', true],
  ['a proxy asking for itself is the client', '10.0.0.1', undefined, ranges, '10.0.0.1', true],
  ['nonsense in the header is left out', 'fd00::1', 'unknown, 2001:db8::5', ranges, '2001:db8::5', true],
])('%s', (_name, peer, header, trusted, address, fromProxy) => {
  expect(clientAddress(peer, header, trusted)).toEqual({ address, fromProxy });
});

test('a proxy that is no address is refused', () => {
  expect(() => trustedProxies('nginx.local', true)).toThrow('"nginx.local" is neither an address nor a range');
});
