'use client';

import {
  columnVisibilityFeature,
  createSortedRowModel,
  rowSortingFeature,
  sortFn_alphanumeric,
  sortFn_basic,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { useMemo, type ReactNode } from 'react';
import { trackSizes, visibleColumns, type Column } from './columns';
import { TableBody } from './table-body';
import { TableTools } from './table-tools';
import { useSettled } from './settled';
import { PHONE, useMedia } from './use-media';
import { useTableState } from './use-table-state';

const features = tableFeatures({
  rowSortingFeature,
  columnVisibilityFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns: { alphanumeric: sortFn_alphanumeric, basic: sortFn_basic },
});

export interface DataTableProps<T> {
  /** Plural of what a row is, such as "media nodes": name of the table and of its filter. */
  label: string;
  /** File name of the CSV, without extension. */
  csvName: string;
  rows: T[];
  /** Keep stable (module scope or useMemo). */
  columns: Column<T>[];
  rowKey: (row: T) => string;
  /** A row is a link: the first column carries it. */
  href?: (row: T) => string;
  /** What the filter looks in; left out: no filter. */
  filterText?: (row: T) => string;
  /** Order without a sort: lower is worse and comes first. A row that gets worse may move; nothing else moves by itself. */
  rank?: (row: T) => number;
  /** What the order without a sort is called on a phone; left out: worst first with a rank, else as listed. */
  ownOrder?: string;
  /** Asked every second: greys the row. */
  stale?: (row: T) => boolean;
  /** Instead of the table when there are no rows at all. */
  empty?: ReactNode;
  /** Beside the filter, such as a switch or an act. */
  tools?: ReactNode;
  /** Before the keys in the URL, when a page has two tables. */
  urlPrefix?: string;
  /** More rows are on the server: shown under the table. */
  foot?: ReactNode;
  /** Called when the last rows come into view: load the next page. Keep stable. */
  onEnd?: () => void;
}

/** The workhorse: sorted, filtered and hidden by the URL, virtual, two lines a row on a phone, CSV of what is shown. */
export function DataTable<T extends object>(props: DataTableProps<T>) {
  const { rows, columns, rowKey, filterText, rank, empty } = props;
  const state = useTableState(props.urlPrefix);
  const phone = useMedia(PHONE);
  const { settled, settle } = useSettled(rows, rowKey, rank);

  const data = useMemo(() => {
    const words = state.filter.toLowerCase().split(/\s+/).filter(Boolean);
    const found = filterText ? settled.filter((row) => words.every((w) => filterText(row).toLowerCase().includes(w))) : settled;
    return rank ? [...found].sort((a, b) => rank(a) - rank(b)) : found;
  }, [settled, state.filter, filterText, rank]);

  const defs = useMemo(
    () =>
      columns.map((column) => ({
        id: column.id,
        accessorFn: (row: T) => column.value(row) ?? undefined,
        enableSorting: column.sortable !== false,
        sortUndefined: 'last' as const,
        sortFn: column.right ? ('basic' as const) : ('alphanumeric' as const),
      })),
    [columns],
  );
  const shown = visibleColumns(columns, state.columns);
  const table = useTable({
    features,
    columns: defs,
    data,
    getRowId: rowKey,
    state: {
      sorting: state.sorting,
      columnVisibility: Object.fromEntries(columns.map((c) => [c.id, shown.includes(c)])),
    },
  });

  if (rows.length === 0 && empty) return <>{empty}</>;
  // Order is settled, figures are not: a row is drawn from what is known now.
  const live = new Map(rows.map((row) => [rowKey(row), row]));
  const ordered = table.getRowModel().rows.map((row) => live.get(row.id) ?? row.original);
  const settleAnd = <A,>(act: (value: A) => void) => {
    return (value: A) => {
      settle();
      act(value);
    };
  };

  return (
    <div>
      <TableTools
        {...props}
        shown={shown}
        ordered={ordered}
        state={state}
        phone={phone}
        onFilter={settleAnd(state.setFilter)}
        onSort={settleAnd(state.setSort)}
      />
      <TableBody
        {...props}
        shown={shown}
        ordered={ordered}
        phone={phone}
        sort={state.sort}
        onSort={settleAnd(state.setSort)}
        {...trackSizes(shown)}
      />
      {props.foot}
    </div>
  );
}
