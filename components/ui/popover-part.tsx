'use client';

import { Popover as Base } from '@base-ui/react/popover';
import type { PopoverPartProps } from './popover';

export function PopoverPart({ anchor, open, onOpenChange, title, children }: PopoverPartProps) {
  return (
    <Base.Root
      open={open}
      onOpenChange={(next, details) => {
        const target = details.event.target;
        if (!next && details.reason === 'outside-press' && target instanceof Node && anchor.current?.contains(target)) return;
        onOpenChange(next);
      }}
    >
      <Base.Portal>
        <Base.Positioner anchor={anchor} sideOffset={4} collisionPadding={8} className="z-50">
          <Base.Popup
            finalFocus={anchor}
            className="border-line bg-raised max-w-[min(26rem,calc(100vw-1rem))] rounded-md border p-3 shadow-(--shadow-overlay)"
          >
            <Base.Title className="mb-1 font-semibold">{title}</Base.Title>
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
