import type { ReactNode } from 'react';
import { cx } from './cx';

const tones = {
  note: 'border-line bg-panel',
  work: 'border-line bg-accent-wash',
  amber: 'border-line bg-amber-wash',
  down: 'border-line bg-down-wash',
};

interface NoticeProps {
  tone?: keyof typeof tones;
  title?: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
  /** alert: said at once to screen readers, for errors of the user's own act. */
  role?: 'alert' | 'status';
  className?: string;
}

/** What happened, what it means, what to do. */
export function Notice({ tone = 'note', title, children, actions, role, className }: NoticeProps) {
  return (
    <div
      role={role}
      className={cx('flex flex-wrap items-start gap-x-4 gap-y-2 rounded-lg border px-3 py-2', tones[tone], className)}
    >
      <div className="min-w-0 flex-1 basis-64">
        {title && <p className="font-medium">{title}</p>}
        {children && <div className="text-soft">{children}</div>}
      </div>
      {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
    </div>
  );
}

/** Empty is a guide: what is not here, why, and the next step. */
export function Empty({ title, children, actions }: { title: ReactNode; children?: ReactNode; actions?: ReactNode }) {
  return (
    <div className="border-line flex flex-col items-start gap-2 rounded-lg border border-dashed px-4 py-6">
      <p className="font-medium">{title}</p>
      {children && <div className="text-soft max-w-[72ch]">{children}</div>}
      {actions && <div className="mt-1 flex flex-wrap gap-2">{actions}</div>}
    </div>
  );
}

/** Holds the place of what comes: give it the size of the content. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={cx('skeleton', className)} />;
}

/** Rows of 32 px with the outline of a table; says "Loading" to screen readers once. */
export function TableSkeleton({ rows = 4, label }: { rows?: number; label: string }) {
  return (
    <div role="status" aria-label={`Loading ${label}`} className="border-line bg-panel overflow-hidden rounded-lg border">
      {Array.from({ length: rows + 1 }, (_, i) => (
        <div key={i} className="border-line flex h-8 items-center gap-6 border-b px-3 last:border-0">
          <Skeleton className="h-3 w-28" />
          <Skeleton className="h-3 w-16" />
          <Skeleton className="ml-auto h-3 w-40" />
        </div>
      ))}
    </div>
  );
}
