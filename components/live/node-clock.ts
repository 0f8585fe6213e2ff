import type { Role } from '@/lib/contract/names';
import { freshness, type Clock } from '@/lib/rules/age';
import { sourcesOf, type Figures } from '@/lib/rules/sources';
import { clocksOf } from './live-store';
import { serverNow } from './clock';

/** As of when, in server time, and whether that is too long ago; by the clocks of the stream, without a render. */
function freshnessNow(slug: string, figures: Figures = 'any', node?: string): { asOf: number | null; stale: boolean } | null {
  const views = clocksOf(slug);
  if (views.length === 0) return null;
  const ms = (at: string | null) => (at === null ? null : Date.parse(at));
  const clocks: Clock[] = views.map((clock) => ({
    source: clock.source,
    okAt: ms(clock.okAt),
    exceptions: Object.fromEntries(Object.entries(clock.exceptions).map(([name, e]) => [name, { okAt: ms(e.okAt) }])),
  }));
  return freshness(clocks, { sources: sourcesOf(figures, clocks), node, led: true, now: serverNow() });
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
  figures: Figures = 'any',
  node?: string,
): { asOf: number | null; stale: boolean } {
  const live = freshnessNow(slug, figures, node);
  if (live) return live;
  const asOf = loaded.asOf === null ? null : Date.parse(loaded.asOf);
  return { asOf, stale: loaded.stale || asOf === null || serverNow() - asOf > LOADED_LIMIT_MS };
}

export function nodeFreshness(slug: string, node: Loaded & { name: string; role: Role }) {
  return freshnessOf(slug, node, node.role, node.name);
}
