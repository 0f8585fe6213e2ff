import type { Scope } from '@/lib/contract/names';
import type { Db } from '@/lib/db/client';
import type { Sealer } from '@/lib/db/seal';

/** Who acts. `system` is Signalbox itself (first start, a command on the machine). */
export type Actor = { kind: 'user' | 'token' | 'system'; id: string; label: string; scope: Scope };

/** What every verb gets beside its input; made at the edge, once a request. */
export type Context = {
  actor: Actor | null;
  db: Db;
  now: Date;
  requestId: string;
  /** From where it was asked, as limits count it; absent for a command on the machine itself. */
  address?: string;
  seal?: Sealer;
  /** The browser session that the request came in, when it came in one. */
  sessionId?: string;
  /** If-Match as it was sent. */
  ifMatch?: string | null;
  /** Idempotency-Key and a keyed hash of method, path and body. */
  idempotency?: { key: string; requestHash: string } | null;
};

/** The context of a command on the machine itself, such as the first start. */
export function systemContext(db: Db, label = 'this machine', now = new Date()): Context {
  return { actor: { kind: 'system', id: 'system', label, scope: 'admin' }, db, now, requestId: crypto.randomUUID() };
}
