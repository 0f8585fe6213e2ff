import { useSyncExternalStore } from 'react';
import type { SourceClockView } from '@/lib/contract/health';
import { serverNow } from './clock';

/** The server sends its clocks every second. No message for so long: the page says since when it has nothing. */
export const QUIET_MS = 5_000;

interface LiveState {
  /** Server time of the last message; null: none yet. */
  heardAt: number | null;
  /** Set while nothing comes: since when (server time). */
  quietSince: number | null;
}

let state: LiveState = { heardAt: null, quietSince: null };
let startedAt: number | null = null;
let clocks: Readonly<Record<string, SourceClockView[]>> = {};
const listeners = new Set<() => void>();
const tell = () => listeners.forEach((l) => l());

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** @returns true when this message ends a silence: what was missed must be loaded anew. */
export function heard(): boolean {
  const wasQuiet = state.quietSince !== null;
  const now = serverNow();
  if (wasQuiet) {
    state = { heardAt: now, quietSince: null };
    tell();
  } else state.heardAt = now;
  return wasQuiet;
}

/** Called every second. */
export function watchQuiet(now: number) {
  startedAt ??= now;
  const last = state.heardAt ?? startedAt;
  if (state.quietSince === null && now - last > QUIET_MS) {
    state = { ...state, quietSince: last };
    tell();
  }
}

export function setClocks(next: Record<string, SourceClockView[]>) {
  clocks = { ...clocks, ...next };
  tell();
}

const NONE: SourceClockView[] = [];
/** Latest clocks of a deployment without a subscription, for ticks. */
export function clocksOf(slug: string): SourceClockView[] {
  return clocks[slug] ?? NONE;
}

/** Renders again with every message of clocks: only for the list of sources. */
export function useClocks(slug: string): SourceClockView[] {
  return useSyncExternalStore(
    subscribe,
    () => clocksOf(slug),
    () => NONE,
  );
}

/** null, or since when (server time) nothing came. */
export function useQuietSince(): number | null {
  return useSyncExternalStore(
    subscribe,
    () => state.quietSince,
    () => null,
  );
}
