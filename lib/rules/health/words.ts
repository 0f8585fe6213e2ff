/** "02:41", with the day when it is not within the last 20 hours; in the deployment's time zone. */
export function clockTime(iso: string, now: number, timeZone: string): string {
  const at = Date.parse(iso);
  const day = now - at > 20 * 3_600_000 ? ({ day: 'numeric', month: 'short' } as const) : {};
  return format({ ...day, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }, timeZone).format(at);
}

const formats = new Map<string, Intl.DateTimeFormat>();
/** An unknown zone falls back to UTC: a sentence is never lost over it. */
function format(options: Intl.DateTimeFormatOptions, timeZone: string): Intl.DateTimeFormat {
  const key = `${timeZone}|${options.day ?? ''}`;
  const known = formats.get(key);
  if (known) return known;
  const made = (() => {
    try {
      return new Intl.DateTimeFormat('en-GB', { ...options, timeZone });
    } catch {
      return new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' });
    }
  })();
  formats.set(key, made);
  return made;
}

/** "SSH", "SSH and HTTP", "SSH, HTTP and the heartbeat". */
export function listed(words: string[]): string {
  if (words.length < 2) return words[0] ?? '';
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

export function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
