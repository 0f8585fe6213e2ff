import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { AuthFrame } from '@/components/auth/auth-frame';
import { safeNext } from '@/components/auth/next-path';
import { SetupNeeded } from '@/components/auth/setup-needed';
import { SignInForm } from '@/components/auth/sign-in-form';
import { currentActor } from '@/lib/server/session';

export const metadata: Metadata = { title: 'Sign in' };

export default async function SignInPage({ searchParams }: { searchParams: Promise<{ next?: string | string[] }> }) {
  const { next } = await searchParams;
  const to = typeof next === 'string' ? next : null;
  // Without the database nobody can be known; the form says so when it is sent.
  const actor = await currentActor().catch(() => null);
  if (actor) redirect(safeNext(to));
  return (
    <AuthFrame title="Sign in" lead="The console of your OpenVidu and LiveKit deployments.">
      <SignInForm next={to} />
      <SetupNeeded />
    </AuthFrame>
  );
}
