'use client';

import { useEffect, useRef, type RefObject } from 'react';
import { exactTime, span } from '@/components/ui/format';
import { onTick } from './clock';

/** ISO time, ms since the epoch, or a function that is asked every second; null: never. */
export type At = string | number | null | undefined | (() => number | null);

interface AgeProps {
  at: At;
  /** Older than this it is stale and turns amber. */
  limitMs?: number;
  /** as-of: "as of 14 s ago"; ago: "14 s ago"; for: "for 14 s". */
  form?: 'as-of' | 'ago' | 'for';
  /** What is said when there is no time. */
  never?: string;
  className?: string;
}

const words = {
  'as-of': (age: string) => `as of ${age} ago`,
  ago: (age: string) => `${age} ago`,
  for: (age: string) => `for ${age}`,
};

/** A time relative to the server's clock that ticks without rendering; the exact UTC and local time on hover. */
export function Age({ at, limitMs, form = 'ago', never = 'never', className }: AgeProps) {
  const element = useRef<HTMLTimeElement>(null);
  useEffect(() => {
    const time = element.current;
    if (!time) return;
    let last: number | null | undefined;
    return onTick((now) => {
      const ms = msOf(at);
      const text = ms === null ? never : words[form](span(now - ms));
      if (time.textContent !== text) time.textContent = text;
      if (limitMs !== undefined) setStale(time, ms === null || now - ms > limitMs);
      if (ms === last) return;
      last = ms;
      if (ms === null) delete time.dataset.tip;
      else {
        time.dataset.tip = exactTime(new Date(ms));
        time.dateTime = new Date(ms).toISOString();
      }
    });
  }, [at, limitMs, form, never]);
  // Its text is written by the tick: React must have no child here that it could overwrite.
  return <time ref={element} className={className ?? 'whitespace-nowrap tabular-nums'} suppressHydrationWarning />;
}

/** Greys an element once its figures are too old, without rendering it. Keep `stale` stable (useCallback). */
export function useStaleMark(ref: RefObject<HTMLElement | null>, stale: () => boolean) {
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    return onTick(() => setStale(element, stale()));
  }, [ref, stale]);
}

function setStale(element: HTMLElement, stale: boolean) {
  const next = String(stale);
  if (element.dataset.stale !== next) element.dataset.stale = next;
}

export function msOf(at: At): number | null {
  if (typeof at === 'function') return at();
  if (typeof at === 'string') {
    const ms = Date.parse(at);
    return Number.isNaN(ms) ? null : ms;
  }
  return at ?? null;
}
