'use client';

import type { ComponentProps } from 'react';
import { cx } from './cx';

export type ButtonKind = 'primary' | 'normal' | 'quiet' | 'danger';

export const buttonBase =
  'inline-flex min-h-7 items-center justify-center gap-1.5 rounded-md border px-2.5 py-0.5 font-medium whitespace-nowrap transition-colors select-none';
export const buttonKinds: Record<ButtonKind, string> = {
  primary: 'border-transparent bg-accent text-on-accent hover:opacity-90',
  normal: 'border-line bg-raised text-ink hover:bg-hover',
  quiet: 'border-transparent text-soft hover:bg-hover hover:text-ink',
  danger: 'border-transparent bg-danger text-on-danger hover:opacity-90',
};

type ButtonProps = ComponentProps<'button'> & {
  kind?: ButtonKind;
  /** Why it may not be pressed now: the button stays visible, disabled, and says this sentence. */
  guard?: string | null | undefined;
  busy?: boolean;
};

/** A guarded button keeps its focus, so that its sentence can be heard and read. */
export function Button({ kind = 'normal', guard, busy = false, className, onClick, children, ...rest }: ButtonProps) {
  const held = Boolean(guard) || busy;
  return (
    <button
      type="button"
      {...rest}
      className={cx(buttonBase, buttonKinds[kind], (held || rest.disabled) && 'cursor-not-allowed opacity-60', className)}
      aria-disabled={held || undefined}
      aria-busy={busy || undefined}
      data-tip={guard ?? undefined}
      onClick={(event) => (held ? event.preventDefault() : onClick?.(event))}
    >
      {children}
      {guard && <span className="sr-only">: {guard}</span>}
    </button>
  );
}
