import type { Role, Source } from '@/lib/contract/names';

export const ANY_SOURCE: readonly Source[] = ['redis', 'presence', 'sentinel', 'livekit', 'stream', 'http', 'mongo'];

/** What a node of each role is read from; a source of others (Redis for a master) does not make its row fresh. */
export const NODE_SOURCES: Record<Role, readonly Source[]> = {
  media: ['redis', 'presence', 'stream', 'http'],
  master: ['sentinel', 'stream', 'http', 'mongo'],
  merged: ANY_SOURCE,
};

/**
 * Where rooms are read from: Redis where it is set up (it has a clock then, answered or not), else the API's list. Never the
 * fresher of both: only one of them is shown.
 */
export function roomSources(clocks: readonly { source: Source }[]): readonly Source[] {
  return clocks.some((clock) => clock.source === 'redis') ? ['redis'] : ['livekit'];
}

/** A kind of figures by its name: of anything, of rooms, or of a node by its role. */
export type Figures = 'any' | 'rooms' | Role;

export function sourcesOf(figures: Figures, clocks: readonly { source: Source }[]): readonly Source[] {
  if (figures === 'rooms') return roomSources(clocks);
  return figures === 'any' ? ANY_SOURCE : NODE_SOURCES[figures];
}
