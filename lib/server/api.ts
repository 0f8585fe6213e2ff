import { ORPCError, ValidationError } from '@orpc/contract';
import { OpenAPIHandler } from '@orpc/openapi/fetch';
import type { Context } from '@/lib/core/context';
import { NotFound, Refusal, Unauthenticated } from '@/lib/core/errors';
import { readJsonBody } from './body';
import { clientAddress } from './client-address';
import { openApiJson } from './openapi';
import { answering, identified, type Handled } from './request';
import { router, type EdgeContext } from './router';
import { methodsOf, routeName } from './routes';
import type { Runtime } from './runtime';

export const PREFIX = '/api/v1';

// What goes wrong inside is kept as it is, so that request.ts makes the one kind of problem document of it.
const handler = new OpenAPIHandler<EdgeContext>(router, {
  clientInterceptors: [
    async (call) => {
      try {
        return await call.next();
      } catch (error) {
        call.context.failure = error;
        throw error;
      }
    },
  ],
});

/** The REST API below /api/v1: a fetch handler, with or without Next around it. */
export function handleApi(rt: Runtime, request: Request): Promise<Response> {
  return answering(rt, request, async (handled) => {
    const path = new URL(request.url).pathname;
    if (path === `${PREFIX}/openapi.json`) return openApi(rt, handled);
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const methods = path.startsWith(`${PREFIX}/`) ? methodsOf(path.slice(PREFIX.length)) : [];
    if (methods.length === 0) throw new NotFound(`address ${path}`);
    if (!methods.includes(method)) {
      handled.answer.set('allow', methods.join(', '));
      throw new Refusal('method-not-allowed', `${path} takes ${methods.join(', ')}.`);
    }
    handled.route = routeName(method, path.slice(PREFIX.length)) ?? 'other';
    const { actor, credential } = await identified(rt, handled);
    const body = await readJsonBody(request);
    const ctx: Context = {
      actor,
      db: rt.db,
      now: handled.now,
      requestId: handled.requestId,
      address: clientAddress(request.headers),
      ifMatch: request.headers.get('if-match'),
      idempotency: method === 'POST' ? idempotency(rt, request, path, body) : null,
      ...(credential?.kind === 'session' && { sessionId: credential.id }),
      ...(body !== '' && { seal: await sealerIfThere(rt) }),
    };
    const attempt: EdgeContext = { ctx, answer: handled.answer };
    const { response } = await handler.handle(withBody(request, method, body), { prefix: PREFIX, context: attempt });
    if (attempt.failure !== undefined) throw inOwnWords(attempt.failure);
    if (!response) throw new NotFound(`address ${path}`);
    if (response.status >= 400)
      throw new Refusal('malformed-request', 'The request cannot be read; see the reference at /api/v1/openapi.json.');
    return response;
  });
}

async function openApi(rt: Runtime, handled: Handled): Promise<Response> {
  const { actor } = await identified(rt, handled);
  if (!actor) throw new Unauthenticated();
  return new Response(await openApiJson(), { headers: { 'content-type': 'application/json' } });
}

function idempotency(rt: Runtime, request: Request, path: string, body: string): Context['idempotency'] {
  const key = request.headers.get('idempotency-key');
  if (key === null) return null;
  if (!/^[\x21-\x7e]{1,200}$/.test(key)) {
    throw new Refusal('malformed-request', 'An Idempotency-Key has 1 to 200 visible ASCII characters, such as a UUID.');
  }
  return { key, requestHash: rt.requestHash(`POST ${path}\n${body}`) };
}

/** Without the public key only what brings a secret fails, not every write. */
const sealerIfThere = (rt: Runtime) =>
  rt.sealer().catch((err: unknown) => {
    rt.log.error({ err }, 'the sealing key cannot be read: no secret can be taken');
    return undefined;
  });

/** The body was read already, bounded; without one a write is an empty object, so that its fields are named as missing. */
function withBody(request: Request, method: string, body: string): Request {
  const headers = new Headers(request.headers);
  headers.delete('content-length');
  if (method === 'GET') return new Request(request.url, { method, headers, signal: request.signal });
  headers.set('content-type', 'application/json');
  return new Request(request.url, { method, headers, body: body || '{}', signal: request.signal });
}

/** An answer that does not fit the contract is our fault: the log gets the places, never the values. */
function inOwnWords(failure: unknown): unknown {
  if (!(failure instanceof ORPCError)) return failure;
  const places =
    failure.cause instanceof ValidationError ? failure.cause.issues.map((i) => `${i.path?.join('.')}: ${i.message}`) : [];
  return new Error(`the answer does not fit the contract: ${places.join('; ') || failure.message}`);
}
