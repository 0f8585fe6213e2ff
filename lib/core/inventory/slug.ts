import { Slug } from '@/lib/contract/names';
import type { Tx } from '@/lib/db/client';
import { Conflict } from '../errors';

/** "Köln Süd (prod)" → koln-sud-prod. A name without any Latin letter or digit gives "deployment". */
export function slugFrom(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 55)
    .replaceAll(/^-+|-+$/g, '');
  return Slug.safeParse(plain).success ? plain : 'deployment';
}

/** The wished one, or one made of the name with a number when it is taken. @throws Conflict when the wished one is taken */
export async function freeSlug(tx: Tx, name: string, wished: string | undefined): Promise<string> {
  const base = wished ?? slugFrom(name);
  const taken = new Set(
    (await tx.deployment.findMany({ where: { slug: { startsWith: base } }, select: { slug: true } })).map((d) => d.slug),
  );
  if (!taken.has(base)) return base;
  if (wished !== undefined) {
    throw new Conflict(`The deployment ${wished} is there already.`, [{ field: 'slug', detail: 'taken; choose another' }]);
  }
  let n = 2;
  while (taken.has(`${base}-${n}`)) n += 1;
  return `${base}-${n}`;
}
