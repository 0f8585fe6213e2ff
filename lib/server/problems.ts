import { PROBLEMS, type Problem, type ProblemType } from '@/lib/contract/problem';
import { Refusal, TooManyRequests } from '@/lib/core/errors';
import { isDatabaseAway } from '@/lib/db/away';

/** The one place where errors become problem documents (RFC 9457). What is not a refusal says nothing of its inside. */
export function problemOf(error: unknown, instance?: string): Problem {
  if (error instanceof Refusal) return problem(error.type, error.message, { errors: error.errors, instance });
  if (isDatabaseAway(error)) {
    return problem(
      'unavailable',
      'The database does not answer. Signalbox goes on by itself when it is back; try again in a moment.',
      { instance },
    );
  }
  if (isTakenAtOnce(error)) {
    return problem('conflict', 'Another request made the same at this very moment. Load it anew, then try again.', { instance });
  }
  return problem('internal', 'The request failed inside Signalbox. The log has more under this request id.', { instance });
}

/** Two requests found a name free and both took it: the unique index decided (Prisma's P2002). */
const isTakenAtOnce = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'P2002';

export function problem(type: ProblemType, detail: string, more: Pick<Problem, 'errors' | 'instance'> = {}): Problem {
  return { type: `/problems/${type}`, title: PROBLEMS[type].title, status: PROBLEMS[type].status, detail, ...more };
}

export function problemResponse(body: Problem, error?: unknown): Response {
  const headers = new Headers({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' });
  if (error instanceof TooManyRequests) headers.set('retry-after', String(error.retryAfterSeconds));
  else if (body.status === 503) headers.set('retry-after', '2');
  if (body.status === 401) headers.set('www-authenticate', 'Bearer realm="signalbox"');
  return new Response(JSON.stringify(body), { status: body.status, headers });
}
