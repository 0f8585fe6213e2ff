import type { Environment } from './environment';

type Address = Pick<Environment, 'SIGNALBOX_PUBLIC_URL'>;

/** The origins a page of this Signalbox can have: the public URL, and the host by which this very request came. */
export function publicOrigins(headers: Headers, env: Address): string[] {
  const origins = env.SIGNALBOX_PUBLIC_URL ? [new URL(env.SIGNALBOX_PUBLIC_URL).origin] : [];
  // A page of another site cannot set either header; the gate passes on what its peer may say.
  const host = headers.get('x-forwarded-host') ?? headers.get('host');
  if (host) origins.push(`http://${host}`, `https://${host}`);
  return origins;
}

/**
 * Whether a request that carries a cookie comes from a page of ours. Browsers send Sec-Fetch-Site (always on https and
 * on loopback) and Origin (with every write); a request with neither comes from no browser page and is refused as well.
 */
export function isSameOrigin(headers: Headers, env: Address): boolean {
  const site = headers.get('sec-fetch-site');
  if (site && site !== 'same-origin') return false;
  const origin = headers.get('origin');
  if (origin) return publicOrigins(headers, env).includes(origin);
  return site === 'same-origin';
}
