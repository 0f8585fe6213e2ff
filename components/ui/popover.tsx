'use client';

import { useRef, useState, type ReactNode, type RefObject } from 'react';
import { Button, type ButtonKind } from './button';
import { useLazy } from './use-lazy';

export interface PopoverPartProps {
  anchor: RefObject<HTMLButtonElement | null>;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  children: ReactNode;
}

const fetchPopover = () => import('./popover-part').then((m) => m.PopoverPart);

interface PopoverProps {
  label: string;
  title: ReactNode;
  /** What the button shows. */
  trigger: ReactNode;
  kind?: ButtonKind;
  className?: string;
  children: ReactNode;
}

/** A button with a small panel beside it; the panel is fetched when the button is approached. */
export function Popover({ label, title, trigger, kind = 'quiet', className, children }: PopoverProps) {
  const anchor = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const { Part, load } = useLazy<PopoverPartProps>(fetchPopover);
  return (
    <>
      <Button
        ref={anchor}
        kind={kind}
        className={className}
        aria-label={label}
        aria-haspopup="dialog"
        aria-expanded={open}
        onPointerEnter={load}
        onFocus={load}
        onClick={() => {
          load();
          setOpen((was) => !was);
        }}
      >
        {trigger}
      </Button>
      {Part && (
        <Part anchor={anchor} open={open} onOpenChange={setOpen} title={title}>
          {children}
        </Part>
      )}
    </>
  );
}
