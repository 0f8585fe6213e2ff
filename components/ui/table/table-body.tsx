'use client';

import { useEffect, useRef } from 'react';
import { cx } from '../cx';
import { useLazy } from '../use-lazy';
import { sortOf, type Column } from './columns';
import type { DataTableProps } from './data-table';
import { TableRow } from './table-row';
import { useNearEnd } from './near-end';
import type { VirtualRowsProps } from './virtual-rows';

export interface TableBodyProps<T> extends DataTableProps<T> {
  shown: Column<T>[];
  ordered: T[];
  phone: boolean;
  sort: string;
  onSort: (sort: string) => void;
  tracks: string;
  minWidth: string;
}

const ROW = 32;
const PHONE_ROW = 54;
const PLAIN_ROWS = 60;
// One table shows one kind of row: the part that is fetched is the same for all.
const fetchVirtualRows = () => import('./virtual-rows').then((m) => m.VirtualRows);

/** Divs with table roles: rows are placed by the virtualizer, which a table's own layout does not allow. */
export function TableBody<T>(props: TableBodyProps<T>) {
  const { label, shown, ordered, phone, sort, onSort, tracks, minWidth, rowKey, onEnd } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const height = phone ? PHONE_ROW : ROW;
  // Few rows are simply drawn; the program for many comes with the first long table.
  const long = ordered.length > PLAIN_ROWS;
  const { Part: VirtualRows, load } = useLazy<VirtualRowsProps<T>>(fetchVirtualRows);
  useEffect(() => {
    if (long) load();
  }, [long, load]);
  useNearEnd(long ? -1 : ordered.length - 1, ordered.length, onEnd);

  return (
    <div
      ref={scroller}
      role="table"
      aria-label={label}
      aria-rowcount={ordered.length + 1}
      className={cx('border-line bg-panel relative overflow-auto rounded-lg border', (long || !phone) && 'max-h-[78dvh]')}
    >
      <div role="rowgroup" className={phone ? 'sr-only' : 'sticky top-0 z-10'} style={phone ? undefined : { minWidth }}>
        <div
          role="row"
          aria-rowindex={1}
          className="border-line bg-panel grid h-8 items-center gap-x-3 border-b px-3"
          style={{ gridTemplateColumns: tracks }}
        >
          {shown.map((column) => (
            <HeaderCell key={column.id} column={column} sort={sort} onSort={onSort} focusable={!phone} />
          ))}
        </div>
      </div>
      {long && VirtualRows ? (
        <VirtualRows {...props} scroller={scroller} height={height} />
      ) : (
        <div
          role="rowgroup"
          className="relative"
          style={{ height: ordered.length * height, minWidth: phone ? undefined : minWidth }}
        >
          {ordered.slice(0, PLAIN_ROWS).map((row, index) => (
            <TableRow key={rowKey(row)} {...props} row={row} index={index} start={index * height} height={height} />
          ))}
        </div>
      )}
      {ordered.length === 0 && <p className="text-soft px-3 py-4">No {label} match the filter.</p>}
    </div>
  );
}

function HeaderCell<T>({
  column,
  sort,
  onSort,
  focusable,
}: {
  column: Column<T>;
  sort: string;
  onSort: (sort: string) => void;
  focusable: boolean;
}) {
  const now = sortOf(sort);
  const sorted = now.id === column.id;
  const words = (
    <>
      {column.header}
      {column.unit && <span className="font-normal"> ({column.unit})</span>}
    </>
  );
  const next = () => {
    const first = column.right ? `-${column.id}` : column.id;
    const second = column.right ? column.id : `-${column.id}`;
    onSort(sort === first ? second : sort === second ? '' : first);
  };
  return (
    <div
      role="columnheader"
      aria-sort={sorted ? (now.desc ? 'descending' : 'ascending') : undefined}
      className={cx('text-soft min-w-0 text-sm font-medium', column.right && 'text-right')}
    >
      {column.sortable === false || !focusable ? (
        <span className="block truncate">{words}</span>
      ) : (
        <button
          type="button"
          onClick={next}
          className={cx('hover:text-ink -mx-1 max-w-full truncate rounded-sm px-1 py-1', sorted && 'text-ink')}
        >
          {words}
          <span aria-hidden>{sorted ? (now.desc ? ' ↓' : ' ↑') : ''}</span>
        </button>
      )}
    </div>
  );
}
