import type { Role, Source } from '@/lib/contract/names';
import { freshness, roomSources, type Clock } from '@/lib/rules/age';
import { clocksOf } from './live-store';
import { serverNow } from './clock';

/** What a node of this role is read from; a source of others (Redis for a master) does not make its row fresh. */
const SOURCES: Record<Role, readonly Source[]> = {
  media: ['redis', 'presence', 'stream', 'http'],
  master: ['sentinel', 'stream', 'http', 'mongo'],
  merged: ['redis', 'presence', 'sentinel', 'livekit', 'stream', 'http', 'mongo'],
};
/** Of these, the one that the deployment's rooms are read from. */
export const ROOM_SOURCES: readonly Source[] = ['redis', 'livekit'];
const ALL = SOURCES.merged;

/** As of when, in server time, and whether that is too long ago; by the clocks of the stream, without a render. */
function freshnessNow(
  slug: string,
  sources: readonly Source[] = ALL,
  node?: string,
): { asOf: number | null; stale: boolean } | null {
  const views = clocksOf(slug);
  if (views.length === 0) return null;
  const ms = (at: string | null) => (at === null ? null : Date.parse(at));
  const clocks: Clock[] = views.map((clock) => ({
    source: clock.source,
    okAt: ms(clock.okAt),
    exceptions: Object.fromEntries(Object.entries(clock.exceptions).map(([name, e]) => [name, { okAt: ms(e.okAt) }])),
  }));
  const asked = sources === ROOM_SOURCES ? roomSources(clocks) : sources;
  return freshness(clocks, { sources: asked, node, led: true, now: serverNow() });
}

/** Without any word of the stream, what was loaded is held against the longest limit of all sources. */
const LOADED_LIMIT_MS = 15_000;

interface Loaded {
  asOf: string | null;
  stale: boolean;
}

/** Freshness of a deployment, a room, an egress: by the stream, before its first message by what was loaded. */
export function freshnessOf(
  slug: string,
  loaded: Loaded,
  sources: readonly Source[] = ALL,
  node?: string,
): { asOf: number | null; stale: boolean } {
  const live = freshnessNow(slug, sources, node);
  if (live) return live;
  const asOf = loaded.asOf === null ? null : Date.parse(loaded.asOf);
  return { asOf, stale: loaded.stale || asOf === null || serverNow() - asOf > LOADED_LIMIT_MS };
}

export function nodeFreshness(slug: string, node: Loaded & { name: string; role: Role }) {
  return freshnessOf(slug, node, SOURCES[node.role], node.name);
}
