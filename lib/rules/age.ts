import type { Source } from '@/lib/contract/names';
import { FRESHNESS } from './freshness';
/** A source's clock as a reader sees it. Times in ms since the epoch; `exceptions` by node name go before the rest. */
export type Clock = {
  source: Source;
  okAt: number | null;
  exceptions: Record<string, { okAt: number | null }>;
};

/**
 * As of when the figures that come from any of `sources` are, and whether that is too long ago to be shown as live.
 * Without a leading worker nobody looks, so everything is stale whatever its age is.
 */
export function freshness(
  clocks: Clock[],
  { sources, node, led, now }: { sources: readonly Source[]; node?: string; led: boolean; now: number },
): { asOf: number | null; stale: boolean } {
  let asOf: number | null = null;
  let live = false;
  for (const clock of clocks) {
    if (!sources.includes(clock.source)) continue;
    const exception = node === undefined ? undefined : clock.exceptions[node];
    const okAt = exception ? exception.okAt : clock.okAt;
    if (okAt === null) continue;
    if (asOf === null || okAt > asOf) asOf = okAt;
    if (now - okAt <= FRESHNESS[clock.source].limitMs) live = true;
  }
  return { asOf, stale: !led || !live };
}
