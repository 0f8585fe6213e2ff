import { ProblemError, explain } from '@/components/live/problem';
import type { Problem } from '@/lib/contract/problem';

/** Any failure of a request as a problem document: what the server said, or that nothing answered and what was typed is kept. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  const { title } = explain(error);
  return { type: '/problems/unavailable', title, status: 0, detail: 'Nothing you typed is lost. Try again in a moment.' };
}

/** An Idempotency-Key for one press of a button. randomUUID is missing where the page is not served by HTTPS or localhost. */
export function pressKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('');
}
