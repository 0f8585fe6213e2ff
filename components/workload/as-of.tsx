'use client';

import { useCallback } from 'react';
import { Age } from '@/components/live/age';
import { serverNow } from '@/components/live/clock';
import { clocksOf } from '@/components/live/live-store';
import type { Source } from '@/lib/contract/names';
import { isStale, limitMs } from '@/lib/rules/freshness';

const okAtOf = (slug: string, source: Source): number | null => {
  const okAt = clocksOf(slug).find((c) => c.source === source)?.okAt;
  return okAt ? Date.parse(okAt) : null;
};

/** As of when the figures of a source are; amber once they are too old to be called live. */
export function AsOf({ slug, source }: { slug: string; source: Source }) {
  const at = useCallback(() => okAtOf(slug, source), [slug, source]);
  return (
    <Age
      at={at}
      form="as-of"
      never="waiting for the first figures"
      limitMs={limitMs(source)}
      className="text-soft text-sm whitespace-nowrap"
    />
  );
}

/** Asked every second by the rows: whether what they show is too old. Before the first clocks the row's own word counts. */
export function isRowStale(slug: string, source: Source, row: { stale: boolean }): boolean {
  if (clocksOf(slug).length === 0) return row.stale;
  return isStale(source, okAtOf(slug, source), serverNow());
}
