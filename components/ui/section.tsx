import { useId, type ReactNode } from 'react';
import { cx } from './cx';

interface PageHeaderProps {
  title: ReactNode;
  /** Small line above the title: where this is. */
  above?: ReactNode;
  /** The sentence of the page. */
  children?: ReactNode;
  actions?: ReactNode;
}

export function PageHeader({ title, above, children, actions }: PageHeaderProps) {
  return (
    <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2 pb-4">
      <div className="min-w-0 flex-1 basis-72">
        {above && <div className="text-soft mb-0.5 text-sm">{above}</div>}
        <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
        {children && <div className="mt-1 max-w-[80ch] text-lg">{children}</div>}
      </div>
      {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </header>
  );
}

interface SectionProps {
  title: ReactNode;
  /** One line that says what is below. */
  lead?: ReactNode;
  actions?: ReactNode;
  id?: string;
  /** Draws a hairline box around the content. */
  boxed?: boolean;
  className?: string;
  children: ReactNode;
}

export function Section({ title, lead, actions, id, boxed = false, className, children }: SectionProps) {
  const heading = useId();
  return (
    <section id={id} aria-labelledby={heading} className={cx('mt-6 first:mt-0', className)}>
      <div className="mb-2 flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <div className="min-w-0">
          <h2 id={heading} className="text-base font-semibold">
            {title}
          </h2>
          {lead && <p className="text-soft text-sm">{lead}</p>}
        </div>
        {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </div>
      {boxed ? <Panel>{children}</Panel> : children}
    </section>
  );
}

export function Panel({ className, children }: { className?: string; children: ReactNode }) {
  return <div className={cx('border-line bg-panel rounded-lg border', className)}>{children}</div>;
}

/** Terms and their values, in two columns on a wide screen. */
export function Facts({ items, className }: { items: { term: ReactNode; value: ReactNode }[]; className?: string }) {
  return (
    <dl className={cx('grid gap-x-6 gap-y-1.5 sm:grid-cols-[max-content_minmax(0,1fr)]', className)}>
      {items.map(({ term, value }, i) => (
        <div key={i} className="contents">
          <dt className="text-soft">{term}</dt>
          <dd className="mb-1 min-w-0 sm:mb-0">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
