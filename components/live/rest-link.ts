import type { ClientContext, ClientLink, ClientOptions } from '@orpc/client';
import { problemFrom } from './problem';

/** What the generated JSON says of one verb (minifyContractRouter). */
interface Verb {
  '~orpc': { route: { method?: string; path?: string } };
}
interface Options<C extends ClientContext> {
  contract: object;
  base: string;
  headers: (context: C) => Record<string, string>;
  onAnswer: (response: Response) => void;
}

/**
 * Speaks the REST API by the contract's paths: `{names}` come out of the input, the rest is the query of a GET or the JSON body. The
 * general link of oRPC also knows files, streams and nested queries, which this API has not, and costs the first load 8 kB.
 */
export class RestLink<C extends ClientContext> implements ClientLink<C> {
  constructor(private readonly options: Options<C>) {}

  async call(path: readonly string[], input: unknown, { context, signal }: ClientOptions<C>): Promise<unknown> {
    const { base, headers, onAnswer } = this.options;
    const request = requestOf(this.verb(path), input);
    const response = await fetch(base + request.url, {
      method: request.method,
      headers: { ...headers(context), ...(request.body !== undefined && { 'content-type': 'application/json' }) },
      body: request.body,
      signal,
      credentials: 'same-origin',
      cache: 'no-store',
    });
    onAnswer(response);
    const body: unknown = await response.json().catch(() => undefined);
    if (!response.ok) throw problemFrom(body, response.status);
    return body;
  }

  private verb(path: readonly string[]): Verb['~orpc']['route'] {
    let at: unknown = this.options.contract;
    for (const name of path) at = (at as Record<string, unknown> | undefined)?.[name]; // a tree of plain objects
    const route = (at as Verb | undefined)?.['~orpc'].route;
    if (!route) throw new Error(`the contract has no ${path.join('.')}`);
    return route;
  }
}

/** @returns the address below the API's base, with parameters escaped, and the body that is left. Exported for its test. */
export function requestOf(route: { method?: string; path?: string }, input: unknown) {
  const rest = new Map<string, unknown>(Object.entries((input as object | undefined) ?? {}));
  const method = route.method ?? 'POST';
  let url = (route.path ?? '').replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = encodeURIComponent(String(rest.get(name)));
    rest.delete(name);
    return value;
  });
  if (method !== 'GET') return { method, url, body: rest.size > 0 ? JSON.stringify(Object.fromEntries(rest)) : undefined };
  const query = new URLSearchParams();
  for (const [name, value] of rest) {
    if (value !== undefined && value !== null) query.append(name, String(value));
  }
  if (query.size > 0) url += `?${query.toString()}`;
  return { method, url, body: undefined };
}
