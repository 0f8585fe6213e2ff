import { z } from 'zod';
import { Instant, Scope } from './names';

export const TokenView = z.object({
  id: z.uuid(),
  name: z.string(),
  prefix: z.string(),
  scope: Scope,
  createdBy: z.string(),
  createdAt: Instant,
  expiresAt: Instant.nullable(),
  lastUsedAt: Instant.nullable(),
  revokedAt: Instant.nullable(),
});
export type TokenView = z.infer<typeof TokenView>;

export const TokenCreate = z.object({
  name: z.string().trim().min(1, 'give a name').max(100),
  scope: Scope,
  expiresInDays: z.number().int().min(1).max(3650).nullable().default(90).describe('null: never'),
});
export const TokenCreated = TokenView.extend({ token: z.string().describe('Shown once') });

export const Me = z.object({
  id: z.string(),
  label: z.string(),
  kind: z.enum(['user', 'token', 'system']),
  scope: Scope,
  email: z.string().nullable(),
});
export type Me = z.infer<typeof Me>;

export const SetupInput = z.object({
  token: z.string().min(20, 'the link is not whole'),
  email: z.email('give an e-mail address'),
  name: z.string().trim().min(1, 'give a name').max(100),
  password: z.string().min(12, 'at least 12 characters').max(200),
});

/** needed: no administrator yet, so the sign-in page asks for the one-time link. */
export const SetupState = z.object({ needed: z.boolean() });

export const PasswordChange = z.object({
  current: z.string().min(1, 'give the password of now').max(200),
  next: z.string().min(12, 'at least 12 characters').max(200),
});
