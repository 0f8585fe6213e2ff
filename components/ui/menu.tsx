'use client';

import { useRef, useState, type ReactNode, type RefObject } from 'react';
import { Button, type ButtonKind } from './button';
import { useLazy } from './use-lazy';

export type MenuItem =
  | { label: ReactNode; onSelect: () => void; guard?: string | null; danger?: boolean }
  | { label: ReactNode; href: string }
  | { label: ReactNode; checked: boolean; onChange: (checked: boolean) => void }
  | 'separator';

export interface MenuPartProps {
  anchor: RefObject<HTMLButtonElement | null>;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  items: MenuItem[];
  label: string;
}

const fetchMenu = () => import('./menu-part').then((m) => m.MenuPart);

interface MenuProps {
  /** Name of the menu and, unless `children` are given, of its button. */
  label: string;
  items: MenuItem[];
  kind?: ButtonKind;
  className?: string;
  children?: ReactNode;
}

/** A button that opens a menu; the menu is fetched when the button is approached. */
export function Menu({ label, items, kind = 'normal', className, children }: MenuProps) {
  const anchor = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const { Part, load } = useLazy<MenuPartProps>(fetchMenu);
  return (
    <>
      <Button
        ref={anchor}
        kind={kind}
        className={className}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-label={children ? label : undefined}
        onPointerEnter={load}
        onFocus={load}
        onClick={() => {
          load();
          setOpen((was) => !was);
        }}
      >
        {children ?? label}
      </Button>
      {Part && <Part anchor={anchor} open={open} onOpenChange={setOpen} items={items} label={label} />}
    </>
  );
}
