import type { z } from 'zod';
import { randomUUID } from 'node:crypto';
import { api } from '@/lib/contract/api';
import type { TokenView } from '@/lib/contract/access';
import type { Scope } from '@/lib/contract/names';
import type { Db } from '@/lib/db/client';
import type { Actor } from '../context';
import { Conflict, NotFound } from '../errors';
import { SHOWN_ONCE } from '../idempotency';
import { allow, parse, writing, type Call } from '../verb';
import { hashOf, randomSecret } from './credentials';

const PREFIX = 'sbx_';
const SHOWN = PREFIX.length + 6;
const USED_EVERY_MS = 60_000;
const DAY_MS = 24 * 3600_000;

type Row = Awaited<ReturnType<Db['apiToken']['findFirstOrThrow']>>;

function view(row: Row): z.infer<typeof TokenView> {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    scope: row.scope as Scope, // written by createToken only
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
  };
}

export async function listTokens({ ctx }: Call) {
  allow(ctx, 'admin');
  const rows = await ctx.db.apiToken.findMany({ orderBy: [{ createdAt: 'desc' }, { id: 'asc' }] });
  return { items: rows.map(view) };
}

/** The token is in the answer and nowhere else: its hash is kept. A repeat by Idempotency-Key makes none and shows none. */
export async function createToken({ ctx, input: raw }: Call) {
  const actor = allow(ctx, 'admin');
  const input = parse(api.tokens.create, raw);
  const token = PREFIX + randomSecret();
  return writing(ctx, 'token.create', async (tx, audit) => {
    const row = await tx.apiToken.create({
      data: {
        id: randomUUID(),
        name: input.name,
        prefix: token.slice(0, SHOWN),
        hash: hashOf(token),
        scope: input.scope,
        createdBy: actor.label,
        createdAt: ctx.now,
        expiresAt: input.expiresInDays === null ? null : new Date(ctx.now.getTime() + input.expiresInDays * DAY_MS),
      },
    });
    await audit({ target: row.name, data: { tokenId: row.id, prefix: row.prefix, scope: row.scope } });
    return { ...view(row), token, [SHOWN_ONCE]: true };
  });
}

export async function revokeToken({ ctx, input: raw }: Call) {
  allow(ctx, 'admin');
  const { id } = parse(api.tokens.revoke, raw);
  return writing(ctx, 'token.revoke', async (tx, audit) => {
    const row = await tx.apiToken.findUnique({ where: { id } });
    if (!row) throw new NotFound(`token ${id}`);
    const { count } = await tx.apiToken.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: ctx.now } });
    if (count === 0) throw new Conflict('This token was revoked before.');
    await audit({ target: row.name, data: { tokenId: id, prefix: row.prefix } });
    return view({ ...row, revokedAt: ctx.now });
  });
}

/** Who a bearer token is; null when it is unknown, expired or revoked. Last use is written at most once a minute. */
export async function actorOfToken(db: Db, token: string, now: Date): Promise<Actor | null> {
  if (!token.startsWith(PREFIX) || token.length > 200) return null;
  const row = await db.apiToken.findUnique({ where: { hash: hashOf(token) } });
  if (!row || row.revokedAt || (row.expiresAt && row.expiresAt <= now)) return null;
  if (!row.lastUsedAt || now.getTime() - row.lastUsedAt.getTime() >= USED_EVERY_MS) {
    await db.apiToken.updateMany({
      where: { id: row.id, OR: [{ lastUsedAt: null }, { lastUsedAt: { lt: new Date(now.getTime() - USED_EVERY_MS + 1) } }] },
      data: { lastUsedAt: now },
    });
  }
  return { kind: 'token', id: row.id, label: `token ${row.name}`, scope: row.scope as Scope /* written by createToken only */ };
}
