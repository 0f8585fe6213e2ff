'use client';

import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { cx } from './cx';
import type { DialogProps } from './dialog';

export function DialogPart({ open, onOpenChange, title, description, children, footer, wide }: DialogProps) {
  return (
    <Base.Root open={open} onOpenChange={onOpenChange}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-[oklch(0_0_0/0.35)]" />
        <Base.Popup
          className={cx(
            'border-line bg-raised fixed z-40 flex max-h-[88dvh] flex-col border shadow-(--shadow-overlay)',
            'inset-x-0 bottom-0 rounded-t-lg pb-[env(safe-area-inset-bottom)]',
            'sm:inset-x-auto sm:top-[12dvh] sm:bottom-auto sm:left-1/2 sm:max-h-[76dvh] sm:-translate-x-1/2 sm:rounded-lg',
            wide ? 'sm:w-[min(56rem,94vw)]' : 'sm:w-[min(32rem,94vw)]',
          )}
        >
          <div className="border-line flex items-start justify-between gap-3 border-b px-4 py-3">
            <div>
              <Base.Title className="text-lg font-semibold">{title}</Base.Title>
              {description && <Base.Description className="text-soft mt-0.5">{description}</Base.Description>}
            </div>
            <Base.Close
              aria-label="Close"
              className="text-soft hover:bg-hover -mr-1.5 grid size-7 shrink-0 place-items-center rounded-md"
            >
              <X size={16} aria-hidden />
            </Base.Close>
          </div>
          {children && <div className="min-h-0 flex-1 overflow-y-auto px-4 py-3">{children}</div>}
          {footer && <div className="border-line flex flex-wrap justify-end gap-2 border-t px-4 py-3">{footer}</div>}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
