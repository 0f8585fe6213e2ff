'use client';

import { Button, ButtonLink } from '@/components/ui/button';
import { Notice } from '@/components/ui/notice';

interface Props {
  error: Error & { digest?: string };
  reset: () => void;
}

/** A page that broke: the shell stays, the rest of the console goes on. */
export default function PageError({ error, reset }: Props) {
  return (
    <Notice
      tone="down"
      role="alert"
      title="This page broke."
      actions={
        <>
          <Button kind="primary" onClick={reset}>
            Try again
          </Button>
          <ButtonLink href="/">To the fleet</ButtonLink>
        </>
      }
    >
      The deployments go on, and so does the rest of the console. If it happens again, report it
      {error.digest ? (
        <>
          {' '}
          with the mark <code className="font-mono">{error.digest}</code>, which stands beside it in the log
        </>
      ) : null}
      .
    </Notice>
  );
}
