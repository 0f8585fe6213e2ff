import { createHash, randomBytes } from 'node:crypto';
import { hashPassword } from 'better-auth/crypto';
import type { Tx } from '@/lib/db/client';

/** What is stored of a random secret of at least 128 bits: no salt is needed, nobody can guess it. */
export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** 32 random bytes, without characters that a shell, a URL or a double click would cut. */
export const randomSecret = (): string => randomBytes(32).toString('base64url');

/** A person with a password, as better-auth keeps them: provider `credential`, the account's id is the user's. */
export async function insertUser(tx: Tx, { email, name, password }: { email: string; name: string; password: string }) {
  const id = randomBytes(16).toString('hex');
  await tx.user.create({
    data: {
      id,
      email: email.toLowerCase(),
      name,
      emailVerified: true,
      scope: 'admin',
      accounts: {
        create: {
          id: randomBytes(16).toString('hex'),
          accountId: id,
          providerId: 'credential',
          password: await hashPassword(password),
        },
      },
    },
  });
  return id;
}

/** Sets the password and ends every session of the person but `keepToken`. */
export async function setPassword(tx: Tx, userId: string, password: string, keepSession?: string) {
  await tx.authAccount.updateMany({
    where: { userId, providerId: 'credential' },
    data: { password: await hashPassword(password) },
  });
  await tx.authSession.deleteMany({ where: { userId, ...(keepSession ? { id: { not: keepSession } } : {}) } });
}
