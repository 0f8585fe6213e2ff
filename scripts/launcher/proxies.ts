import { BlockList, isIP } from 'node:net';

/** Proxies whose X-Forwarded-* headers count: addresses and CIDR ranges, with commas. @throws on one that is neither. */
export function trustedProxies(list: string | undefined, behindProxy: boolean): BlockList {
  const trusted = new BlockList();
  // With a public URL and nothing else said, the proxy is taken to run on this machine.
  const entries = (list ?? (behindProxy ? '127.0.0.0/8, ::1' : '')).split(',').map((e) => e.trim());
  for (const entry of entries.filter(Boolean)) {
    const [address = '', bits] = entry.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    const prefix = bits === undefined ? (family === 'ipv6' ? 128 : 32) : Number(bits);
    if (isIP(address) === 0 || !Number.isInteger(prefix))
      throw new Error(`SIGNALBOX_TRUSTED_PROXIES: "${entry}" is neither an address nor a range such as 10.0.0.0/8`);
    trusted.addSubnet(address, prefix, family);
  }
  return trusted;
}

/**
 * Who asks: the last address of the chain that is no trusted proxy. What a stranger wrote into X-Forwarded-For stands to the left of it
 * and does not count.
 */
export function clientAddress(
  peer: string,
  header: string | string[] | undefined,
  trusted: BlockList,
): { address: string; fromProxy: boolean } {
  const chain = [...[header ?? []].flat().join(',').split(','), peer].map(plain).filter((a) => isIP(a) !== 0);
  const isTrusted = (address: string) => trusted.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  let at = chain.length - 1;
  while (at > 0 && isTrusted(chain[at] ?? '')) at -= 1;
  return { address: chain[at] ?? '', fromProxy: isTrusted(plain(peer)) };
}

/** IPv4 that came in over an IPv6 socket (::ffff:10.0.0.1) is IPv4. */
const plain = (address: string) => address.trim().replace(/^::ffff:(?=\d+\.)/i, '');
