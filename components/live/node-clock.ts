import type { Role, Source } from '@/lib/contract/names';
import { freshness, type Clock } from '@/lib/rules/age';
import { clocksOf } from './live-store';
import { serverNow } from './clock';

/** What a node of this role is read from; a source of others (Redis for a master) does not make its row fresh. */
const SOURCES: Record<Role, readonly Source[]> = {
  media: ['redis', 'presence', 'stream', 'http'],
  master: ['sentinel', 'stream', 'http', 'mongo'],
  merged: ['redis', 'presence', 'sentinel', 'livekit', 'stream', 'http', 'mongo'],
};
export const ROOM_SOURCES: readonly Source[] = ['redis', 'livekit'];
const ALL = SOURCES.merged;

/** As of when, in server time, and whether that is too long ago; by the clocks of the stream, without a render. */
export function freshnessNow(
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
  return freshness(clocks, { sources, node, led: true, now: serverNow() });
}

export function nodeFreshness(slug: string, node: { name: string; role: Role; asOf: string | null; stale: boolean }) {
  const live = freshnessNow(slug, SOURCES[node.role], node.name);
  return live ?? { asOf: node.asOf === null ? null : Date.parse(node.asOf), stale: node.stale };
}
