import { isIP, isIPv6 } from 'node:net';

/**
 * Whom limits count: the address that the launcher's gate read from the socket, or from a proxy that is trusted; no client
 * can say it itself. Of IPv6 the first 64 bits, since whoever has one address of a network has all of it.
 */
export function clientAddress(headers: Headers): string {
  const given = headers.get('x-forwarded-for')?.trim() ?? '';
  if (isIP(given) === 0) return 'unknown';
  return isIPv6(given) ? `${network(given)}::/64` : given;
}

function network(address: string): string {
  const [left = '', right] = new URL(`http://[${address.replace(/%.*$/, '')}]`).hostname.slice(1, -1).split('::');
  const groups = left === '' ? [] : left.split(':');
  if (right !== undefined) {
    const after = right === '' ? [] : right.split(':');
    groups.push(...Array.from({ length: 8 - groups.length - after.length }, () => '0'), ...after);
  }
  return groups.slice(0, 4).join(':');
}
