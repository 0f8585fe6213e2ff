import { cleanText } from '../deliver/without-secrets';
import type { Inventory, Links } from './links';

/** Signals and source clocks store it once a change, and pages show it. */
export const ERROR_LIMIT = 1_000;

/** The same links, whose errors hold no secret of the deployment, should a host echo one, and are of bounded length. */
export function discreet(links: Links, secrets: Inventory['secrets']): Links {
  const clean = (text: string) => {
    const cleaned = cleanText(text, secrets);
    return cleaned.length > ERROR_LIMIT ? `${cleaned.slice(0, ERROR_LIMIT - 1)}…` : cleaned;
  };
  const said = <A extends unknown[], T>(read: (...args: A) => Promise<T>) => {
    return async (...args: A): Promise<T> =>
      read(...args).catch((error: unknown) => {
        throw new Error(clean(error instanceof Error ? error.message : String(error)));
      });
  };
  const each = <M extends { error: string | null }>(members: M[]) =>
    members.map((m) => (m.error === null ? m : { ...m, error: clean(m.error) }));
  return {
    ...links,
    redis: said(links.redis),
    presence: said(links.presence),
    sentinel: said(async (signal) => {
      const reading = await links.sentinel(signal);
      return { ...reading, peers: each(reading.peers) };
    }),
    mongo: said(async (signal) => {
      const reading = await links.mongo(signal);
      return { ...reading, members: each(reading.members) };
    }),
    livekit: said(links.livekit),
    configFiles: said(links.configFiles),
    http: said(async (node, probes, signal) =>
      (await links.http(node, probes, signal)).map((r) => ({ ...r, detail: clean(r.detail) })),
    ),
    stream: (node, handlers) => links.stream(node, { ...handlers, end: (error) => handlers.end(clean(error)) }),
  };
}
