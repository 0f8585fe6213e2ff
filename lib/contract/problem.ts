import { z } from 'zod';

/** RFC 9457. `type` is stable: scripts branch on it, never on the words. */
export const Problem = z.object({
  type: z.string().describe('Path below /problems/, such as /problems/invalid-input'),
  title: z.string(),
  status: z.number().int(),
  detail: z.string().describe('What was wrong and what would be right'),
  instance: z.string().optional().describe('Request id'),
  errors: z
    .array(z.object({ field: z.string().describe('Path into the body, such as masters.2'), detail: z.string() }))
    .optional(),
});
export type Problem = z.infer<typeof Problem>;

export const PROBLEMS = {
  'malformed-request': { status: 400, title: 'The request cannot be read' },
  'method-not-allowed': { status: 405, title: 'This address does not take this method' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body is not JSON' },
  'invalid-input': { status: 422, title: 'The input is not right' },
  unauthenticated: { status: 401, title: 'Sign in, or send a token' },
  forbidden: { status: 403, title: 'The scope does not allow this' },
  'not-found': { status: 404, title: 'There is no such thing' },
  conflict: { status: 409, title: 'It collides with what is there' },
  'version-conflict': { status: 412, title: 'It was changed meanwhile' },
  'precondition-required': { status: 428, title: 'If-Match is missing' },
  'idempotency-mismatch': { status: 422, title: 'The Idempotency-Key was used for another request' },
  'too-many-requests': { status: 429, title: 'Too many tries' },
  'no-worker': { status: 503, title: 'No worker is running' },
  unavailable: { status: 503, title: 'The database does not answer' },
  internal: { status: 500, title: 'Something broke in Signalbox' },
} as const;
export type ProblemType = keyof typeof PROBLEMS;
