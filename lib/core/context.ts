import type { Scope } from '@/lib/contract/names';
import type { Db } from '@/lib/db/client';
import type { Sealer } from '@/lib/db/seal';

/** Who acts. `system` is Signalbox itself (first start, a command on the machine). */
export type Actor = { kind: 'user' | 'token' | 'system'; id: string; label: string; scope: Scope };

/** What every verb gets beside its input; made at the edge, once a request. */
export type Context = { actor: Actor | null; db: Db; now: Date; requestId: string; seal?: Sealer };
