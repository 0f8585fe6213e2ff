import type { z } from 'zod';
import type { Delta } from '@/lib/contract/events';
import type { Scope } from '@/lib/contract/names';
import { Prisma, type Tx } from '@/lib/db/client';
import type { Actor, Context } from './context';
import { Forbidden, InvalidInput, PreconditionRequired, Unauthenticated, VersionConflict, type FieldError } from './errors';
import { claimKey, keepAnswer } from './idempotency';

/** The worker listens here: the inventory has changed. */
export const INVENTORY_CHANNEL = 'signalbox_inventory';

/** What a verb is called with: the input is not trusted before `parse`. */
export type Call<Input = unknown> = { ctx: Context; input: Input };

const ORDER: Scope[] = ['read', 'operate', 'admin'];

/** The first line of every verb: who may. @throws Unauthenticated, Forbidden */
export function allow(ctx: Context, scope: Scope): Actor {
  if (!ctx.actor) throw new Unauthenticated();
  if (ORDER.indexOf(ctx.actor.scope) < ORDER.indexOf(scope)) {
    throw new Forbidden(`This needs the scope ${scope}; ${ctx.actor.label} has ${ctx.actor.scope}.`);
  }
  return ctx.actor;
}

type Route<S> = { '~orpc': { inputSchema?: S } };

/** The input by the route's schema in the contract. @throws InvalidInput with a path for each error */
export function parse<S extends z.ZodType>(route: Route<S>, input: unknown): z.output<S> {
  const schema = route['~orpc'].inputSchema;
  if (!schema) throw new Error('this route takes no input');
  return parseAs(schema, input);
}

export function parseAs<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const parsed = schema.safeParse(input);
  if (!parsed.success) throw new InvalidInput(parsed.error.issues.map(fieldError));
  const unstorable = unstorableTexts(parsed.data);
  if (unstorable.length > 0) throw new InvalidInput(unstorable);
  return parsed.data;
}

/** Postgres takes neither NUL nor half a surrogate pair: refused beside the field, before a query fails of it. */
function unstorableTexts(value: unknown, path: string[] = []): FieldError[] {
  if (typeof value === 'string') {
    return /\0|\p{Surrogate}/u.test(value)
      ? [{ field: path.join('.'), detail: 'it holds a character that cannot be stored (NUL, or half of one)' }]
      : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => unstorableTexts(inner, [...path, key]));
}

/** Names that nobody knows are not said back: somebody may have pasted a secret there. */
function fieldError(issue: z.core.$ZodIssue): FieldError {
  if (issue.code === 'invalid_key')
    return { field: issue.path.slice(0, -1).join('.'), detail: 'it has a member that is not known' };
  if (issue.code === 'unrecognized_keys') return { field: issue.path.join('.'), detail: 'it has a member that is not known' };
  return { field: issue.path.join('.'), detail: issue.message };
}

/** Writes the audit row of a change. `data` holds what a reader needs to understand it and never a secret. */
export type Audit = (entry: { target: string; deploymentId?: string | null; data?: Prisma.InputJsonObject }) => Promise<void>;

/** Lets open pages load anew what was changed in the inventory, and the worker read it again; sent with the commit. */
export type Tell = (delta: Delta & { deploymentId: string }) => void;

/**
 * One transaction: the change, its audit row and, when the request has an Idempotency-Key, the answer to replay.
 * Fails closed: without an audit row nothing is committed.
 * @param by who acts; left out: the context's actor (only the anonymous set-up names another).
 */
export async function writing<T>(
  ctx: Context,
  verb: string,
  change: (tx: Tx, audit: Audit, tell: Tell) => Promise<T>,
  by: Pick<Actor, 'kind' | 'id' | 'label'> | null = ctx.actor,
): Promise<T> {
  if (!by) throw new Unauthenticated();
  return ctx.db.$transaction(
    async (tx) => {
      const before = await claimKey(tx, ctx);
      // The answer that this very verb gave to the same request: the hash covers method, path and body.
      if (before) return before.answer as T;
      let audited = 0;
      const told: Prisma.InputJsonObject[] = [];
      const audit: Audit = async ({ target, deploymentId = null, data = {} }) => {
        audited += 1;
        await tx.auditEntry.create({
          data: {
            at: ctx.now,
            actorKind: by.kind,
            actorId: by.id,
            actorLabel: by.label,
            requestId: ctx.requestId,
            verb,
            deploymentId,
            target,
            data,
          },
        });
      };
      const result = await change(tx, audit, ({ deploymentId, ...data }) => {
        told.push({ deployment_id: deploymentId, kind: 'delta', data: data as Prisma.InputJsonObject }); // a Delta is JSON
      });
      if (audited === 0) throw new Error(`${verb} wrote no audit row; nothing was changed`);
      await keepAnswer(tx, ctx, result);
      // The last statement: append_event holds up all other writers of events until the commit.
      if (told.length > 0)
        await tx.$queryRaw`SELECT pg_notify(${INVENTORY_CHANNEL}, '')::text, append_event(${JSON.stringify(told)}::jsonb)::text`;
      return result;
    },
    { maxWait: 5_000, timeout: 15_000 },
  );
}

/** @returns the rev of If-Match. @throws PreconditionRequired when there is none, VersionConflict when it is not `current` */
export function matchRev(ctx: Context, current: number): number {
  if (!ctx.ifMatch) throw new PreconditionRequired();
  const given = /^\s*(?:W\/)?"?(\d+)"?\s*$/.exec(ctx.ifMatch)?.[1];
  if (Number(given) !== current) throw new VersionConflict(ctx.ifMatch, current);
  return current;
}
