'use client';

import { AuthFrame } from '@/components/auth/auth-frame';
import { Button } from '@/components/ui/plain-button';

interface Props {
  error: Error & { digest?: string };
  reset: () => void;
}

/** Most often the database is away, so nobody can be known: the page comes back by itself. */
export default function RootError({ error, reset }: Props) {
  return (
    <AuthFrame
      title="Signalbox cannot show this page"
      lead="Most often its database does not answer. The deployments go on; only the console is blind until it is back."
    >
      <div className="flex flex-col gap-3">
        <div>
          <Button kind="primary" onClick={reset}>
            Try again
          </Button>
        </div>
        {error.digest && (
          <p className="text-soft text-sm">
            In the log this is <code className="font-mono">{error.digest}</code>.
          </p>
        )}
      </div>
    </AuthFrame>
  );
}
