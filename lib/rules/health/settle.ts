import type { Reason } from '@/lib/contract/health';
import type { Finding } from './snapshot';
import { clockTime } from './words';

/** The same trouble keeps its beginning, whoever looks: reasons are one by code, service and source. */
export function settleReasons(findings: Finding[], before: Reason[], now: number): Reason[] {
  const known = new Map(before.map((r) => [key(r), r.since]));
  const order = { critical: 0, warning: 1, info: 2 } as const;
  return findings
    .map((f) => ({ ...f, since: known.get(key(f)) ?? new Date(f.since ?? now).toISOString() }))
    .sort((a, b) => order[a.severity] - order[b.severity]);
}

function key(r: { code: string; service: string | null; source: string | null }): string {
  return `${r.code}|${r.service ?? ''}|${r.source ?? ''}`;
}

/** A state keeps its `since` until it changes. */
export function keptSince<T>(value: T, before: { value: T; since: string } | null, now: number): string {
  return before !== null && before.value === value ? before.since : new Date(now).toISOString();
}

/** A reason as part of a sentence: its words and since when. */
export function sinceWords(r: Reason, now: number, timeZone: string): string {
  return r.since === null ? r.sentence : `${r.sentence} since ${clockTime(r.since, now, timeZone)}`;
}
