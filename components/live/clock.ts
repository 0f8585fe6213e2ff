/** Server time as this browser knows it: its own clock may be minutes off, ages may not. */
let offsetMs: number | null = null;

/** From a message that was just received. The least delayed message is the truest, so the offset only ever grows towards it. */
export function learnServerTime(now: string, receivedAt = Date.now()) {
  const seen = Date.parse(now) - receivedAt;
  if (Number.isNaN(seen)) return;
  const jumped = offsetMs !== null && Math.abs(seen - offsetMs) > 5_000;
  offsetMs = offsetMs === null || jumped ? seen : Math.max(seen, offsetMs - 5);
}

export function serverNow(): number {
  return Date.now() + (offsetMs ?? 0);
}

type Tick = (now: number) => void;
const ticks = new Set<Tick>();
let timer: ReturnType<typeof setInterval> | undefined;

/** One interval for all ages of a page: each writes its own text, nothing is rendered again. Ticks at once, then every second. */
export function onTick(tick: Tick): () => void {
  ticks.add(tick);
  tick(serverNow());
  timer ??= setInterval(() => {
    const now = serverNow();
    for (const each of ticks) each(now);
  }, 1_000);
  return () => {
    ticks.delete(tick);
    if (ticks.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}
