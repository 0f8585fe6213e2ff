/** Only for the parser: never a place that anyone is sent to. */
const HERE = 'http://signalbox.invalid';

/**
 * Where to go after the sign-in: a path of this site or `/`. Everything that a browser could read as another site is
 * refused: a scheme, `//host`, `/\host`, control characters that browsers drop.
 */
export function safeNext(next: string | null | undefined): string {
  if (!next?.startsWith('/') || !URL.canParse(next, HERE)) return '/';
  const url = new URL(next, HERE);
  if (url.origin !== HERE || /[\\\p{Cc}]/u.test(next)) return '/';
  // Back to the sign-in page would be a circle.
  if (/^\/(sign-in|setup|api)(\/|$)/.test(url.pathname)) return '/';
  const path = url.pathname + url.search + url.hash;
  // `/..//host` becomes `//host` only once it is parsed.
  return path.startsWith('//') ? '/' : path;
}
