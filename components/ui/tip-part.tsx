'use client';

import { Tooltip } from '@base-ui/react/tooltip';
import type { TipPartProps } from './tip';

export function TipPart({ anchor, text }: TipPartProps) {
  return (
    <Tooltip.Root open={anchor !== null}>
      <Tooltip.Portal>
        <Tooltip.Positioner anchor={anchor} sideOffset={6} collisionPadding={8} className="pointer-events-none z-50">
          <Tooltip.Popup className="border-line bg-raised text-ink max-w-80 rounded-md border px-2 py-1 text-sm shadow-(--shadow-overlay)">
            {text}
          </Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
