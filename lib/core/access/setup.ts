import { z } from 'zod';
import { api } from '@/lib/contract/api';
import type { Tx } from '@/lib/db/client';
import type { Context } from '../context';
import { Conflict, InvalidInput } from '../errors';
import { allow, parse, parseAs, writing, type Call } from '../verb';
import { hashOf, insertUser, randomSecret, setPassword } from './credentials';
import { countTry } from './rate-limit';

const LINK_MS = 24 * 3600_000;
/** By address, so that nobody keeps the first administrator out; the token itself cannot be guessed. */
const TRIES = { max: 20, windowMs: 60_000 };
const LINK_GONE = 'this link is not valid: it was used, or is older than 24 hours; the command that printed it makes another';

/** Open to everyone: the sign-in page asks whether the first administrator is still to be made. */
export async function setupState({ ctx }: Call): Promise<{ needed: boolean }> {
  return { needed: (await ctx.db.user.count()) === 0 };
}

/**
 * A one-time link for the first administrator, or, when there is one, for a new password of an administrator.
 * Only its hash is kept; 24 h; links made before become void.
 */
export async function createSetupLink({ ctx }: { ctx: Context }): Promise<{ token: string; expiresAt: Date }> {
  allow(ctx, 'admin');
  const token = randomSecret();
  const expiresAt = new Date(ctx.now.getTime() + LINK_MS);
  return writing(ctx, 'setup-link.create', async (tx, audit) => {
    await tx.setupLink.deleteMany({ where: { usedAt: null } });
    await tx.setupLink.create({ data: { hash: hashOf(token), purpose: 'administrator', createdAt: ctx.now, expiresAt } });
    await audit({ target: 'setup link', data: { expiresAt: expiresAt.toISOString() } });
    return { token, expiresAt };
  });
}

/** The only anonymous write beside the sign-in: whoever holds the link becomes administrator, once. */
export async function completeSetup({ ctx, input: raw }: Call): Promise<{ email: string }> {
  await countTry(ctx.db, `setup:${ctx.address ?? 'unknown'}`, TRIES);
  const input = parse(api.setup.complete, raw);
  const by = { kind: 'system' as const, id: 'setup-link', label: 'one-time link' };
  return writing(
    ctx,
    'setup.complete',
    async (tx, audit) => {
      // Conditional: of two who press at once, one finds it used.
      const { count } = await tx.setupLink.updateMany({
        where: { hash: hashOf(input.token), usedAt: null, expiresAt: { gt: ctx.now } },
        data: { usedAt: ctx.now },
      });
      if (count === 0) throw new InvalidInput([{ field: 'token', detail: LINK_GONE }]);
      const email = input.email.toLowerCase();
      const made = await makeOrReset(tx, { ...input, email });
      await audit({ target: email, data: { made } });
      return { email };
    },
    by,
  );
}

const Administrator = z.object({
  email: z.email('give an e-mail address'),
  name: z.string().trim().min(1).max(100).default('Administrator'),
  password: z.string().min(12, 'at least 12 characters').max(200),
});

/** For the first start with SIGNALBOX_ADMIN_EMAIL and _PASSWORD. @throws Conflict when somebody has that address already */
export async function createAdministrator({ ctx, input: raw }: Call<z.input<typeof Administrator>>): Promise<{ email: string }> {
  allow(ctx, 'admin');
  const input = parseAs(Administrator, raw);
  const email = input.email.toLowerCase();
  return writing(ctx, 'administrator.create', async (tx, audit) => {
    if (await tx.user.findUnique({ where: { email } })) throw new Conflict(`${email} is there already.`);
    await insertUser(tx, { ...input, email });
    await audit({ target: email });
    return { email };
  });
}

/** For who lost the way in: gives the account a new password (and makes it when missing), ends its sessions. */
export async function resetAdministrator({
  ctx,
  input: raw,
}: Call<z.input<typeof Administrator>>): Promise<{ email: string; made: boolean }> {
  allow(ctx, 'admin');
  const input = parseAs(Administrator, raw);
  const email = input.email.toLowerCase();
  return writing(ctx, 'administrator.reset', async (tx, audit) => {
    const made = await makeOrReset(tx, { ...input, email });
    await audit({ target: email, data: { made } });
    return { email, made };
  });
}

async function makeOrReset(tx: Tx, input: z.output<typeof Administrator>): Promise<boolean> {
  const user = await tx.user.findUnique({ where: { email: input.email } });
  if (!user) {
    await insertUser(tx, input);
    return true;
  }
  await tx.user.update({ where: { id: user.id }, data: { scope: 'admin' } });
  await setPassword(tx, user.id, input.password);
  return false;
}
