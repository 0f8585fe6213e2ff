import { PROBLEMS, type Problem, type ProblemType } from '@/lib/contract/problem';

export type FieldError = NonNullable<Problem['errors']>[number];

/** Everything a verb refuses with; the edge turns it into a problem document. `message` is shown: it names no secret. */
export class Refusal extends Error {
  override name = 'Refusal';
  constructor(
    readonly type: ProblemType,
    message: string,
    readonly errors?: FieldError[],
  ) {
    super(message);
  }
  get status(): number {
    return PROBLEMS[this.type].status;
  }
}

/** Wrong input; each error names its field as a path into the body, such as masters.2 */
export class InvalidInput extends Refusal {
  constructor(errors: FieldError[], message = errors.map((e) => (e.field ? `${e.field}: ${e.detail}` : e.detail)).join('; ')) {
    super('invalid-input', message, errors);
  }
}
export class Unauthenticated extends Refusal {
  constructor(message = 'Sign in, or send "Authorization: Bearer sbx_…".') {
    super('unauthenticated', message);
  }
}
export class Forbidden extends Refusal {
  constructor(message: string) {
    super('forbidden', message);
  }
}
export class NotFound extends Refusal {
  constructor(what: string) {
    super('not-found', `There is no ${what}.`);
  }
}
export class Conflict extends Refusal {
  constructor(message: string, errors?: FieldError[]) {
    super('conflict', message, errors);
  }
}
export class VersionConflict extends Refusal {
  constructor(given: string, current: number) {
    super(
      'version-conflict',
      `It was changed meanwhile: If-Match is ${given}, it is at "${current}". Load it anew and repeat the change.`,
    );
  }
}
export class PreconditionRequired extends Refusal {
  constructor() {
    super('precondition-required', 'Send If-Match with the rev that the change is based on, such as If-Match: "3".');
  }
}
export class IdempotencyMismatch extends Refusal {
  constructor() {
    super('idempotency-mismatch', 'This Idempotency-Key came with another request before. Use a new key for a new request.');
  }
}
export class TooManyRequests extends Refusal {
  constructor(readonly retryAfterSeconds: number) {
    super('too-many-requests', `Too many tries. Try again in ${retryAfterSeconds} s.`);
  }
}
export class NoWorker extends Refusal {
  constructor() {
    super('no-worker', 'No worker is running, so nobody would carry this out. Start one, or look at its log, then try again.');
  }
}
