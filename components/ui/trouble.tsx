'use client';

import { explain } from '@/components/live/problem';
import { Button } from './button';
import { Notice } from './notice';

/** Why a page has nothing to show. It goes by itself once the query works again. */
export function TroubleNotice({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { kind, title, advice } = explain(error);
  const passing = kind === 'away' || kind === 'database';
  return (
    <Notice
      role="status"
      tone={passing ? 'amber' : 'note'}
      title={title}
      actions={onRetry && <Button onClick={onRetry}>Try again now</Button>}
    >
      {advice}
    </Notice>
  );
}
