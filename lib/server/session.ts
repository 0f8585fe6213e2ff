import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import type { Actor } from '@/lib/core/context';
import { identify } from './actor';
import { runtime } from './runtime';

/**
 * The gate of every page: call it first in the layout of the console (and in a page that has another layout).
 * Sends the anonymous to the sign-in page. Who may do what is decided by the verbs, not here.
 */
export async function requireSession(next?: string): Promise<Actor> {
  const { actor } = await identify(runtime(), await headers());
  if (actor) return actor;
  redirect(next ? `/sign-in?next=${encodeURIComponent(next)}` : '/sign-in');
}

/** For the sign-in page: who is signed in already, or null. */
export async function currentActor(): Promise<Actor | null> {
  return (await identify(runtime(), await headers())).actor;
}
