import { randomUUID } from 'node:crypto';
import { Forbidden } from '@/lib/core/errors';
import { identify, type Identity } from './actor';
import { problemOf, problemResponse } from './problems';
import type { Runtime } from './runtime';
import { isSameOrigin } from './same-origin';

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

export type Handled = {
  request: Request;
  requestId: string;
  now: Date;
  answer: Headers;
  /** What the request was, for the metrics: a name of the contract. */
  route: string;
};

/**
 * Around every route of the API: a request id, errors as problem documents, one log line (method, path, status, time,
 * who; never a query, header or body), and headers that all answers carry.
 */
export async function answering(rt: Runtime, request: Request, work: (handled: Handled) => Promise<Response>): Promise<Response> {
  const started = performance.now();
  const requestId = randomUUID();
  const answer = new Headers();
  const handled: Handled = { request, requestId, now: new Date(), answer, route: 'other' };
  let response: Response;
  try {
    response = await work(handled);
  } catch (error) {
    const body = problemOf(error, requestId);
    if (body.status >= 500) rt.log.error({ err: error, requestId }, 'a request failed');
    response = problemResponse(body, error);
  }
  const headers = new Headers(response.headers);
  for (const [name, value] of answer) if (name !== 'set-cookie') headers.set(name, value);
  for (const cookie of answer.getSetCookie()) headers.append('set-cookie', cookie);
  if (!headers.has('cache-control')) headers.set('cache-control', 'no-store');
  headers.set('x-request-id', requestId);
  headers.set('x-content-type-options', 'nosniff');
  const ms = performance.now() - started;
  rt.metrics.request(handled.route, request.method, response.status, ms / 1000);
  rt.log.info(
    { requestId, method: request.method, path: new URL(request.url).pathname, status: response.status, ms: Math.round(ms) },
    'request',
  );
  return new Response(response.body, { status: response.status, headers });
}

/** Who asks. A write that a browser's cookie carries must come from a page of ours. @throws Forbidden */
export async function identified(rt: Runtime, { request, now, answer }: Handled): Promise<Identity> {
  const withCookie = !request.headers.has('authorization') && request.headers.has('cookie');
  if (withCookie && !READS.has(request.method) && !isSameOrigin(request.headers, rt.env)) {
    throw new Forbidden(
      'This write came from another site, or from none: a browser session writes only from its own pages. Scripts send a token.',
    );
  }
  const identity = await identify(rt, request.headers, now);
  for (const cookie of identity.cookies) answer.append('set-cookie', cookie);
  return identity;
}
