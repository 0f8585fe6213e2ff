import { Prisma, type Tx } from '@/lib/db/client';
import type { Context } from './context';
import { Conflict, IdempotencyMismatch } from './errors';

const KEPT_MS = 24 * 3600_000;
const WITHHELD = { withheld: true };

/**
 * Takes the key of the request in its transaction. A second request with the same key waits here until the first is
 * committed (the row's primary key), then gets its answer.
 * @returns the earlier answer, or null when this request is the first.
 * @throws IdempotencyMismatch when the key came with another request before.
 */
export async function claimKey(tx: Tx, ctx: Context): Promise<{ answer: unknown } | null> {
  if (!ctx.idempotency || !ctx.actor) return null;
  const { key, requestHash } = ctx.idempotency;
  const actorId = `${ctx.actor.kind}:${ctx.actor.id}`;
  await tx.idempotencyKey.deleteMany({ where: { actorId, createdAt: { lt: new Date(ctx.now.getTime() - KEPT_MS) } } });
  const taken = await tx.$executeRaw`
    INSERT INTO idempotency_key (actor_id, key, request_hash) VALUES (${actorId}, ${key}, ${requestHash}) ON CONFLICT DO NOTHING`;
  if (taken === 1) return null;
  const row = await tx.idempotencyKey.findUniqueOrThrow({ where: { actorId_key: { actorId, key } } });
  if (row.requestHash !== requestHash) throw new IdempotencyMismatch();
  if (row.status === null) {
    throw new Conflict(
      'This was done by an earlier request with the same Idempotency-Key; its answer held a value that is shown once.',
    );
  }
  return { answer: row.response };
}

/** Keeps the answer beside the change. An answer with a value that is shown once is not kept. */
export async function keepAnswer(tx: Tx, ctx: Context, answer: unknown): Promise<void> {
  if (!ctx.idempotency || !ctx.actor) return;
  const actorId = `${ctx.actor.kind}:${ctx.actor.id}`;
  const once = showsOnce(answer);
  await tx.idempotencyKey.update({
    where: { actorId_key: { actorId, key: ctx.idempotency.key } },
    // Answers are what the contract calls JSON; undefined members fall away as they do on the wire.
    data: once
      ? { response: WITHHELD }
      : { status: 200, response: JSON.parse(JSON.stringify(answer ?? null)) as Prisma.InputJsonValue },
  });
}

/** Marks an answer that holds a value nobody may see again, such as a new token. */
export const SHOWN_ONCE: unique symbol = Symbol('shown once');

const showsOnce = (answer: unknown): boolean => typeof answer === 'object' && answer !== null && SHOWN_ONCE in answer;
