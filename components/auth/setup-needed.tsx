'use client';

import { useEffect, useState } from 'react';
import { Notice } from '@/components/ui/notice';

/** Below the form: where the way in is when there is no account yet, or when it was lost. */
export function SetupNeeded() {
  const [needed, setNeeded] = useState(false);
  useEffect(() => {
    const gone = new AbortController();
    fetch('/api/v1/setup', { signal: gone.signal })
      .then((r) => r.json())
      .then((state: { needed?: boolean }) => setNeeded(state.needed === true))
      // Without an answer the line below stands; the form itself says what is away.
      .catch(() => undefined);
    return () => gone.abort();
  }, []);
  if (needed)
    return (
      <Notice tone="work" role="status" className="mt-6" title="There is no administrator yet.">
        The terminal where Signalbox was started printed a one-time link: open it. <Code>npm run reset-admin</Code> prints a new
        one.
      </Notice>
    );
  return (
    <p className="border-line text-soft mt-6 border-t pt-4 text-sm">
      Locked out? <Code>npm run reset-admin</Code>, on the machine that runs Signalbox, prints a one-time link to a new password.
    </p>
  );
}

const Code = ({ children }: { children: string }) => <code className="text-ink font-mono">{children}</code>;
