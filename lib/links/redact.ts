/** Streaming shorthands whose "host" is the stream key itself (eg:pkg/config/urls.go). */
const KEY_SCHEMES = ['mux', 'twitch'];

/** Where a URL goes, without user, path, query or key: the host, or the service for shorthands. */
export function hostOf(url: string): string {
  const [, scheme = '', host = ''] = /^([a-z][a-z0-9+.-]*):\/\/(?:[^@/?#]*@)?([^/?#]*)/i.exec(url) ?? [];
  if (KEY_SCHEMES.includes(scheme.toLowerCase())) return scheme.toLowerCase();
  return host.slice(0, 200);
}

/** The last part of a path; query strings of a location go as well. */
export function fileNameOf(path: string): string {
  return (path.split(/[?#]/)[0] ?? '').split('/').at(-1)?.slice(0, 200) ?? '';
}

/** A message from elsewhere: URLs in it keep scheme and host only, for keys hide in the rest. */
export function withoutUrls(text: string): string {
  return text
    .replace(/\b([a-z][a-z0-9+.-]*):\/\/[^\s"'<>]+/gi, (url, scheme: string) => `${scheme}://${hostOf(url)}`)
    .slice(0, 500);
}
