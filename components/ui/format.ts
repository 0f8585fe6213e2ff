const BYTES = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** 1_500_000 → "1.5 MB" (powers of 1000); null → "unknown". */
export function bytes(value: number | null | undefined, suffix = ''): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return 'unknown';
  let unit = 0;
  let rest = Math.abs(value);
  while (rest >= 999.5 && unit < BYTES.length - 1) {
    rest /= 1000;
    unit += 1;
  }
  const figure = unit === 0 || rest >= 99.95 ? rest.toFixed(0) : rest.toFixed(1);
  return `${value < 0 ? '-' : ''}${figure} ${BYTES[unit] ?? ''}${suffix}`;
}

/** Bytes a second. */
export const bytesPerSecond = (value: number | null | undefined) => bytes(value, '/s');

/** 0..1 → "42 %"; null → "unknown". */
export function percent(value: number | null | undefined): string {
  return value === null || value === undefined || !Number.isFinite(value) ? 'unknown' : `${(value * 100).toFixed(0)} %`;
}

/** used of total as 0..1, or null where either is not known. */
export function share(used: number | null | undefined, total: number | null | undefined): number | null {
  return used === null || used === undefined || !total ? null : used / total;
}

export function count(value: number | null | undefined): string {
  return value === null || value === undefined ? 'unknown' : value.toLocaleString('en');
}

/** plural(1, 'room') → "1 room"; plural(2, 'room') → "2 rooms". */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : many}`;
}

/** A span of time in its two largest units: "14 s", "3 min", "2 h 5 min", "4 d 3 h". Never negative. */
export function span(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 60) return `${s} s`;
  const min = Math.floor(s / 60);
  if (min < 60) return `${min} min`;
  const h = Math.floor(min / 60);
  if (h < 24) return min % 60 === 0 ? `${h} h` : `${h} h ${min % 60} min`;
  const d = Math.floor(h / 24);
  return h % 24 === 0 ? `${d} d` : `${d} d ${h % 24} h`;
}

/** Local wall time "02:41", with the day when it is not today. */
export function clockTime(at: Date, now: Date, seconds = false): string {
  const time = at.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', ...(seconds && { second: '2-digit' }) });
  const sameDay = at.toDateString() === now.toDateString();
  return sameDay ? time : `${at.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })} ${time}`;
}

/** The exact time twice: UTC and where the reader is. */
export function exactTime(at: Date): string {
  const utc = at
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC');
  const local = at.toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'long' });
  return `${utc} · ${local}`;
}
