import { expect, test } from 'vitest';
import { clientAddress } from './client-address';

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['', 'unknown'],
  ['192.0.2.7, 198.51.100.1', 'unknown'],
  ['x'.repeat(5000), 'unknown'],
])('limits count %s as %s', (header, counted) => {
  expect(clientAddress(new Headers({ 'x-forwarded-for': header }))).toBe(counted);
});
