import type { Metadata } from 'next';
import { AuthFrame } from '@/components/auth/auth-frame';
import { ButtonLink } from '@/components/ui/button';

export const metadata: Metadata = { title: 'Not found' };

export default function NotFound() {
  return (
    <AuthFrame title="There is no such page" lead="The address may be mistyped, or what it was about was removed.">
      <div>
        <ButtonLink kind="primary" href="/">
          To the fleet
        </ButtonLink>
      </div>
    </AuthFrame>
  );
}
