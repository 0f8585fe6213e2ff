import { createHash } from 'node:crypto';
import { z } from 'zod';
import { countTry } from '@/lib/core/access/rate-limit';
import { Forbidden, InvalidInput, NotFound, Refusal, TooManyRequests, Unauthenticated } from '@/lib/core/errors';
import { readJsonBody } from './body';
import { clientAddress } from './client-address';
import { answering } from './request';
import type { Runtime } from './runtime';
import { isSameOrigin } from './same-origin';

/** What of better-auth can be reached: everything that writes beside these would have no verb and no audit row. */
const OPEN = new Set(['POST /sign-in/email', 'POST /sign-out', 'GET /get-session']);
const SignIn = z.object({ email: z.string().max(320), password: z.string().max(1000) }).loose();
/** By account and address, so that a stranger's tries do not lock out who has the password; beside better-auth's burst limit. */
const TRIES = { max: 30, windowMs: 600_000 };
/** Many addresses together still try one account slowly. More than two windows of one address, which alone never gets there. */
const ACCOUNT_TRIES = { max: 100, windowMs: 600_000 };

/** /api/auth: sign-in, sign-out and the session. The audit rows of both are written with the session's row, by a trigger. */
export function handleAuth(rt: Runtime, request: Request): Promise<Response> {
  return answering(rt, request, async (handled) => {
    const path = new URL(request.url).pathname.replace(/^\/api\/auth/, '');
    if (!OPEN.has(`${request.method} ${path}`)) throw new NotFound(`address /api/auth${path}`);
    handled.route = `auth${path.replaceAll('/', '.')}`;
    if (request.method === 'POST' && fromElsewhere(request, rt)) throw new Forbidden('This came from a page of another site.');
    const body = await readJsonBody(request);
    if (path === '/sign-in/email') await countSignIn(rt, body, clientAddress(request.headers));
    return inProblems(await rt.auth.handler(asSent(request, body)));
  });
}

/** A script signs in without an Origin and without a cookie; a browser always says where its page is from. */
function fromElsewhere(request: Request, rt: Runtime): boolean {
  const speaks = request.headers.has('origin') || request.headers.has('sec-fetch-site') || request.headers.has('cookie');
  return speaks && !isSameOrigin(request.headers, rt.env);
}

async function countSignIn(rt: Runtime, body: string, address: string) {
  const input = SignIn.safeParse(body === '' ? {} : JSON.parse(body));
  if (!input.success) {
    throw new InvalidInput(
      input.error.issues.map((i) => ({ field: i.path.join('.'), detail: 'give e-mail address and password' })),
    );
  }
  const account = createHash('sha256').update(input.data.email.trim().toLowerCase()).digest('hex').slice(0, 32);
  await countTry(rt.db, `sign-in:${account}@${address}`, TRIES);
  await countTry(rt.db, `sign-in-account:${account}`, ACCOUNT_TRIES);
}

function asSent(request: Request, body: string): Request {
  const headers = new Headers(request.headers);
  headers.delete('content-length');
  return new Request(request.url, { method: request.method, headers, ...(request.method === 'POST' && { body: body || '{}' }) });
}

/** better-auth answers errors in its own shape; the words are chosen so that nobody learns which address exists. */
async function inProblems(response: Response): Promise<Response> {
  if (response.status < 400) return withoutToken(response);
  if (response.status === 429) throw new TooManyRequests(Number(response.headers.get('x-retry-after') ?? 10));
  if (response.status === 401) throw new Unauthenticated('E-mail address or password is wrong.');
  if (response.status === 403) throw new Forbidden('This came from a page of another site.');
  if (response.status < 500) throw new Refusal('malformed-request', 'The request cannot be read.');
  throw new Refusal('unavailable', 'Signing in does not work now; try again in a moment.');
}

/** The session's token is the cookie's secret, which no script of a page may read; better-auth also puts it into the body. */
async function withoutToken(response: Response): Promise<Response> {
  const text = await response.text();
  const body =
    text === '' ? null : JSON.stringify(JSON.parse(text, (key, value: unknown) => (key === 'token' ? undefined : value)));
  return new Response(body, { status: response.status, headers: response.headers });
}
