import type { Metadata } from 'next';
import { AuthFrame } from '@/components/auth/auth-frame';
import { SetupForm } from '@/components/auth/setup-form';

// The address holds the one-time token: it must not leave with a click on a link.
export const metadata: Metadata = { title: 'Set up', referrer: 'no-referrer' };

export default async function SetupPage({ searchParams }: { searchParams: Promise<{ token?: string | string[] }> }) {
  const { token } = await searchParams;
  return (
    <AuthFrame
      title="Make the administrator"
      lead="This one-time link makes the first administrator, or gives an administrator a new password."
    >
      <SetupForm token={typeof token === 'string' ? token : null} />
    </AuthFrame>
  );
}
