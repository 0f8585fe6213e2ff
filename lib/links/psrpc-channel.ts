/**
 * Names of psrpc's Redis channels (ps:pkg/info/channels.go): `Service|Method|topic|REQ`, an empty topic left out, every
 * character outside [0-9A-Za-z_] as u+xxxx, code points beyond the basic plane as U+xxxxxxxx.
 */
export function requestChannel(service: string, method: string, topic: string): string {
  return [service, method, ...(topic === '' ? [] : [encodeTopic(topic)]), 'REQ'].join('|');
}

export function encodeTopic(topic: string): string {
  let out = '';
  for (const char of topic) {
    const code = char.codePointAt(0) ?? 0;
    if (/[0-9A-Za-z_]/.test(char)) out += char;
    else out += code > 0xffff ? `U+${code.toString(16).padStart(8, '0')}` : `u+${code.toString(16).padStart(4, '0')}`;
  }
  return out;
}

/** Second-last part of `RoomManager|CreateRoom|ND_…|REQ`; null when it is another channel. */
export function nodeOfChannel(channel: string): string | null {
  return /^RoomManager\|CreateRoom\|(ND_[0-9A-Za-z_]+)\|REQ$/.exec(channel)?.[1] ?? null;
}
