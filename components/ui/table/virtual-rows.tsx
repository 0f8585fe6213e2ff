'use client';

import { useVirtualizer } from '@tanstack/react-virtual';
import type { RefObject } from 'react';
import { useNearEnd } from './near-end';
import type { TableBodyProps } from './table-body';
import { TableRow } from './table-row';

export type VirtualRowsProps<T> = TableBodyProps<T> & { scroller: RefObject<HTMLDivElement | null>; height: number };

/** Only the rows in sight are in the page, however many there are. */
export function VirtualRows<T>(props: VirtualRowsProps<T>) {
  const { ordered, onEnd, rowKey, scroller, height, phone, minWidth } = props;
  // eslint-disable-next-line react-hooks/incompatible-library -- its functions are called in this render only and are not memoised
  const virtual = useVirtualizer({
    count: ordered.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    getItemKey: (index) => {
      const row = ordered[index];
      return row ? rowKey(row) : index;
    },
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  useNearEnd(items.at(-1)?.index ?? -1, ordered.length, onEnd);
  return (
    <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize(), minWidth: phone ? undefined : minWidth }}>
      {items.map((item) => {
        const row = ordered[item.index];
        return row && <TableRow key={item.key} {...props} row={row} index={item.index} start={item.start} height={height} />;
      })}
    </div>
  );
}
