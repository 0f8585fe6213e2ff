import type { Problem, PROBLEMS } from '@/lib/contract/problem';

/** A refused request, as the server explained it (RFC 9457). */
export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail || problem.title);
    this.name = 'ProblemError';
  }
  get status() {
    return this.problem.status;
  }
  /** Last part of `type`, such as version-conflict. */
  get kind(): string {
    return this.problem.type.slice(this.problem.type.lastIndexOf('/') + 1);
  }
  is(kind: keyof typeof PROBLEMS): boolean {
    return this.kind === kind;
  }
  /** Sentences by field path (`masters.2`), to be shown beside the fields. */
  get fields(): Record<string, string> {
    return Object.fromEntries((this.problem.errors ?? []).map((e) => [e.field, e.detail]));
  }
}

/** Reads a problem document; anything else (a proxy's page, an empty body) becomes one. */
export function problemFrom(body: unknown, status: number): ProblemError {
  if (typeof body === 'object' && body !== null && 'title' in body && 'type' in body) {
    // The server's error mapping is the only producer of this shape; its tests hold it to the Problem schema.
    return new ProblemError({ ...(body as Problem), status });
  }
  return new ProblemError({
    type: '/problems/internal',
    title: 'The answer was not understood',
    status,
    detail: `The server answered ${status} without saying why. A proxy in between may have answered instead.`,
  });
}

export type Trouble = { kind: 'away' | 'database' | 'not-found' | 'forbidden' | 'other'; title: string; advice: string };

/** What an error means to the reader and what to do; network errors are not ProblemErrors. */
export function explain(error: unknown): Trouble {
  if (!(error instanceof ProblemError)) {
    return {
      kind: 'away',
      title: 'Signalbox does not answer.',
      advice: 'The web process or the network in between is away. This page tries again by itself.',
    };
  }
  if (error.is('unavailable')) {
    return {
      kind: 'database',
      title: 'The database of Signalbox does not answer.',
      advice: 'The deployments go on; only Signalbox cannot read its state. This page recovers by itself once Postgres is back.',
    };
  }
  if (error.is('not-found')) return { kind: 'not-found', title: `${error.problem.title}.`, advice: error.problem.detail };
  if (error.is('forbidden')) return { kind: 'forbidden', title: `${error.problem.title}.`, advice: error.problem.detail };
  return { kind: 'other', title: `${error.problem.title}.`, advice: error.problem.detail };
}
