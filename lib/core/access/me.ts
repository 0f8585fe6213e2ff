import { verifyPassword } from 'better-auth/crypto';
import { api } from '@/lib/contract/api';
import { Forbidden, InvalidInput } from '../errors';
import { allow, parse, writing, type Call } from '../verb';
import { setPassword } from './credentials';
import { countTry } from './rate-limit';

export async function me({ ctx }: Call) {
  const actor = allow(ctx, 'read');
  const user = actor.kind === 'user' ? await ctx.db.user.findUnique({ where: { id: actor.id } }) : null;
  return { id: actor.id, label: actor.label, kind: actor.kind, scope: actor.scope, email: user?.email ?? null };
}

/** The own password; every other session of the person ends. */
export async function changePassword({ ctx, input: raw }: Call): Promise<{ changed: true }> {
  const actor = allow(ctx, 'read');
  if (actor.kind !== 'user') throw new Forbidden('Only a person who signed in has a password.');
  const input = parse(api.password, raw);
  await countTry(ctx.db, `password:${actor.id}`, { max: 5, windowMs: 60_000 });
  return writing(ctx, 'password.change', async (tx, audit) => {
    // In here, because a repeat by Idempotency-Key gets its answer before anything is asked again.
    const account = await tx.authAccount.findFirst({ where: { userId: actor.id, providerId: 'credential' } });
    const right = account?.password && (await verifyPassword({ hash: account.password, password: input.current }));
    if (!right) throw new InvalidInput([{ field: 'current', detail: 'this is not the password of now' }]);
    await setPassword(tx, actor.id, input.next, ctx.sessionId);
    await audit({ target: actor.label });
    return { changed: true as const };
  });
}

/** Ends every session of the person who asks, this one included; tokens go on. */
export async function signOutEverywhere({ ctx }: Call): Promise<{ ended: number }> {
  const actor = allow(ctx, 'read');
  if (actor.kind !== 'user') throw new Forbidden('Only a person who signed in has sessions.');
  return writing(ctx, 'session.end-all', async (tx, audit) => {
    const { count } = await tx.authSession.deleteMany({ where: { userId: actor.id } });
    await audit({ target: actor.label, data: { ended: count } });
    return { ended: count };
  });
}
