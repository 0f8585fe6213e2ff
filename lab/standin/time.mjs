/** Times as Docker writes them: RFC 3339 in UTC with nanoseconds (the clock here gives microseconds). */
export const NEVER = '0001-01-01T00:00:00Z';

export function nowNanos() {
  return BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n;
}

export function stamp(nanos = nowNanos()) {
  const seconds = new Date(Number(nanos / 1_000_000n)).toISOString().slice(0, 19);
  const fraction = String(nanos % 1_000_000_000n).padStart(9, '0');
  return `${seconds}.${fraction}Z`;
}

/** Reads `--since` and `--until`: RFC 3339, unix seconds, or a duration before now such as 10m or 1h30m. In ms. */
export function instant(text, now = Date.now()) {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
  if (/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) {
    const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
    return now - parts.reduce((sum, [, number, unit]) => sum + Number(number) * units[unit], 0);
  }
  const parsed = Date.parse(text);
  if (Number.isNaN(parsed)) throw new Error(`failed to parse value as time or duration: "${text}"`);
  return parsed;
}

/** A span as `docker ps` words it (go-units HumanDuration). */
export function humanDuration(ms) {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 1) return 'Less than a second';
  if (seconds === 1) return '1 second';
  if (seconds < 60) return `${seconds} seconds`;
  const minutes = Math.floor(seconds / 60);
  if (minutes === 1) return 'About a minute';
  if (minutes < 60) return `${minutes} minutes`;
  const hours = Math.round(seconds / 3600);
  if (hours === 1) return 'About an hour';
  if (hours < 48) return `${hours} hours`;
  if (hours < 24 * 7 * 2) return `${Math.floor(hours / 24)} days`;
  if (hours < 24 * 30 * 2) return `${Math.floor(hours / 24 / 7)} weeks`;
  if (hours < 24 * 365 * 2) return `${Math.floor(hours / 24 / 30)} months`;
  return `${Math.floor(hours / 24 / 365)} years`;
}
