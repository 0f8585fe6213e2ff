/** In single quotes nothing is special to a POSIX shell but the quote itself. */
export const shellQuote = (s: string): string => (/^[A-Za-z0-9_./:@%+=-]+$/.test(s) ? s : `'${s.replaceAll("'", `'\\''`)}'`);

const placeholder = (secret: string): string => secret.replace(/([A-Z])/g, '_$1').toUpperCase();

/**
 * The same request as a shell line. Secrets appear as $PLACEHOLDERS: jq puts them in, so that a key of many lines or a
 * password with quotes stays correct JSON. Without secrets it is a plain curl.
 */
export function curlOf(request: {
  method: string;
  url: string;
  ifMatch?: string;
  body: { secrets?: Partial<Record<string, string>> } & Record<string, unknown>;
}): string {
  const { secrets = {}, ...rest } = request.body;
  const kinds = Object.keys(secrets);
  const head = [
    `curl --fail-with-body -X ${request.method} ${shellQuote(request.url)}`,
    `-H "Authorization: Bearer $SIGNALBOX_TOKEN"`,
    ...(request.ifMatch ? [`-H ${shellQuote(`If-Match: ${request.ifMatch}`)}`] : []),
    `-H 'Content-Type: application/json'`,
  ];
  if (kinds.length === 0) return [...head, `-d ${shellQuote(JSON.stringify(rest))}`].join(' \\\n  ');
  const args = kinds.map((k) => `--arg ${placeholder(k)} "$${placeholder(k)}"`);
  const program = `${JSON.stringify(rest)} + {secrets: {${kinds.map((k) => `${k}: $${placeholder(k)}`).join(', ')}}}`;
  return `jq -n ${args.join(' ')} \\\n  ${shellQuote(program)} |\n${[...head, '-d @-'].join(' \\\n  ')}`;
}
