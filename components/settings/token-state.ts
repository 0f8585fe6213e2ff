import type { Mark } from '@/components/ui/marks';
import type { TokenView } from '@/lib/contract/access';
import type { Scope } from '@/lib/contract/names';

export const SCOPES: { value: Scope; label: string; hint: string }[] = [
  { value: 'read', label: 'read', hint: 'Sees everything, changes nothing.' },
  { value: 'operate', label: 'operate', hint: 'Also checks links and carries out operations.' },
  { value: 'admin', label: 'admin', hint: 'Also adds, changes and removes deployments, and makes tokens.' },
];

/** How a token stands at `now` (ms). Revoked goes before expired: it is the act of a person. */
export function tokenMark(t: Pick<TokenView, 'expiresAt' | 'revokedAt'>, now: number): Mark {
  if (t.revokedAt !== null) return { shape: '◻', word: 'revoked', tone: 'text-soft', rank: 5 };
  if (t.expiresAt !== null && Date.parse(t.expiresAt) <= now) return { shape: '○', word: 'expired', tone: 'text-soft', rank: 4 };
  return { shape: '●', word: 'valid', tone: 'text-up', rank: 3 };
}
