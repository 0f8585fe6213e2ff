'use client';

import { Menu as Base } from '@base-ui/react/menu';
import Link from 'next/link';
import { cx } from './cx';
import type { MenuItem, MenuPartProps } from './menu';

const row =
  'flex min-h-8 items-center gap-2 rounded-sm px-2.5 py-1 outline-none select-none data-highlighted:bg-hover data-disabled:text-soft';

export function MenuPart({ anchor, open, onOpenChange, items, label }: MenuPartProps) {
  return (
    <Base.Root
      open={open}
      onOpenChange={(next, details) => {
        // A press on the button itself toggles there; here it would close and open again.
        const target = details.event.target;
        if (!next && details.reason === 'outside-press' && target instanceof Node && anchor.current?.contains(target)) return;
        onOpenChange(next);
      }}
    >
      <Base.Portal>
        <Base.Positioner anchor={anchor} sideOffset={4} align="end" className="z-50">
          <Base.Popup
            aria-label={label}
            finalFocus={anchor}
            className="border-line bg-raised min-w-44 rounded-md border p-1 shadow-(--shadow-overlay)"
          >
            {items.map((item, i) => (
              <Item key={i} item={item} />
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

function Item({ item }: { item: MenuItem }) {
  if (item === 'separator') return <Base.Separator className="bg-line my-1 h-px" />;
  if ('href' in item) {
    return (
      <Base.LinkItem className={row} render={<Link href={item.href} />}>
        {item.label}
      </Base.LinkItem>
    );
  }
  if ('checked' in item) {
    return (
      <Base.CheckboxItem className={row} checked={item.checked} onCheckedChange={item.onChange} closeOnClick={false}>
        <span aria-hidden className="text-accent w-4">
          {item.checked ? '✓' : ''}
        </span>
        {item.label}
      </Base.CheckboxItem>
    );
  }
  return (
    <Base.Item className={cx(row, item.danger && 'text-down')} disabled={Boolean(item.guard)} onClick={item.onSelect}>
      <span>
        {item.label}
        {item.guard && <span className="text-soft block max-w-64 text-sm">{item.guard}</span>}
      </span>
    </Base.Item>
  );
}
