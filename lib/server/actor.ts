import { actorOfToken } from '@/lib/core/access/tokens';
import type { Actor } from '@/lib/core/context';
import type { Scope } from '@/lib/contract/names';
import type { Runtime } from './runtime';

/** What a request proves: who acts, by which credential, and cookies that go back with the answer (a renewed session). */
export type Identity = {
  actor: Actor | null;
  credential: { kind: 'session' | 'token'; id: string } | null;
  cookies: string[];
};

const NOBODY: Identity = { actor: null, credential: null, cookies: [] };

/** A bearer token goes before a cookie; one that is not valid makes nobody, even beside a valid cookie. */
export async function identify(rt: Pick<Runtime, 'db' | 'auth'>, headers: Headers, now = new Date()): Promise<Identity> {
  const authorization = headers.get('authorization');
  if (authorization !== null) {
    const token = /^Bearer +(\S+)$/i.exec(authorization.trim())?.[1];
    const actor = token ? await actorOfToken(rt.db, token, now) : null;
    return actor ? { actor, credential: { kind: 'token', id: actor.id }, cookies: [] } : NOBODY;
  }
  if (!headers.has('cookie')) return NOBODY;
  const { response: found, headers: answer } = await rt.auth.api.getSession({ headers, returnHeaders: true });
  if (!found) return NOBODY;
  const { user, session } = found;
  // The column holds what createAdministrator wrote; anything else may do the least.
  const scope: Scope = user.scope === 'admin' || user.scope === 'operate' ? user.scope : 'read';
  return {
    actor: { kind: 'user', id: user.id, label: user.email, scope },
    credential: { kind: 'session', id: session.id },
    cookies: answer.getSetCookie(),
  };
}
