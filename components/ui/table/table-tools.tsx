'use client';

import { Columns3, Download } from 'lucide-react';
import { Button } from '../button';
import { Input, Select } from '../field';
import { Menu } from '../menu';
import type { Column } from './columns';
import type { DataTableProps } from './data-table';
import type { TableUrlState } from './use-table-state';

interface Props<T> extends DataTableProps<T> {
  shown: Column<T>[];
  ordered: T[];
  state: TableUrlState;
  phone: boolean;
  onFilter: (text: string) => void;
  onSort: (sort: string) => void;
}

export function TableTools<T>({
  label,
  csvName,
  columns,
  rows,
  shown,
  ordered,
  state,
  phone,
  filterText,
  rank,
  ownOrder,
  tools,
  onFilter,
  onSort,
}: Props<T>) {
  const optional = columns.filter((c) => c.optional);
  const shownIds = shown.map((c) => c.id);
  const choose = (column: Column<T>, on: boolean) => {
    const next = optional.filter((c) => (c === column ? on : shownIds.includes(c.id))).map((c) => c.id);
    const asAtFirst = optional.every((c) => next.includes(c.id) === (c.optional === 'shown'));
    state.setColumns(asAtFirst ? null : next);
  };
  const save = async () => {
    const { csvOf, download } = await import('./csv');
    download(`${csvName}.csv`, csvOf(shown, ordered));
  };
  return (
    <div className="mb-2 flex flex-wrap items-center gap-2">
      {filterText && (
        <Input
          data-filter
          type="search"
          aria-label={`Filter ${label}`}
          placeholder={`Filter ${label}`}
          value={state.filter}
          onChange={(e) => onFilter(e.target.value)}
          className="!h-7 !w-full sm:!w-56"
        />
      )}
      {phone && (
        <Select aria-label={`Sort ${label}`} value={state.sort} onChange={(e) => onSort(e.target.value)} className="!h-7 !w-auto">
          <option value="">{ownOrder ?? (rank ? 'Worst first' : 'As listed')}</option>
          {columns
            .filter((c) => c.sortable !== false)
            .map((c) => (
              <option key={c.id} value={c.right ? `-${c.id}` : c.id}>
                By {c.header.toLowerCase()}
              </option>
            ))}
        </Select>
      )}
      <span role="status" className="text-soft text-sm">
        {ordered.length === rows.length ? '' : `${ordered.length.toLocaleString('en')} of ${rows.length.toLocaleString('en')}`}
      </span>
      <div className="ml-auto flex items-center gap-1">
        {tools}
        {optional.length > 0 && !phone && (
          <Menu
            label="Columns"
            kind="quiet"
            items={optional.map((c) => ({
              label: c.header,
              checked: shownIds.includes(c.id),
              onChange: (on: boolean) => choose(c, on),
            }))}
          >
            <Columns3 size={14} aria-hidden />
            Columns
          </Menu>
        )}
        <Button kind="quiet" onClick={() => void save()}>
          <Download size={14} aria-hidden />
          CSV
        </Button>
      </div>
    </div>
  );
}
