'use client';

import { parseAsArrayOf, parseAsString, useQueryStates } from 'nuqs';
import { useMemo } from 'react';
import { sortOf } from './columns';

export interface TableUrlState {
  filter: string;
  /** "-cpu": by cpu, largest first; empty: the natural order. */
  sort: string;
  sorting: { id: string; desc: boolean }[];
  /** Ids of the optional columns that are shown; null: as they are at first. */
  columns: string[] | null;
  setFilter: (filter: string) => void;
  setSort: (sort: string) => void;
  setColumns: (columns: string[] | null) => void;
}

const parsers = {
  q: parseAsString.withDefault(''),
  sort: parseAsString.withDefault(''),
  cols: parseAsArrayOf(parseAsString),
};

/** Filter, sort and columns live in the URL, so that what one sees can be sent to a colleague. */
export function useTableState(prefix = ''): TableUrlState {
  const urlKeys = useMemo(() => ({ q: `${prefix}q`, sort: `${prefix}sort`, cols: `${prefix}cols` }), [prefix]);
  const [url, set] = useQueryStates(parsers, { urlKeys, history: 'replace' });
  const sorting = useMemo(() => (url.sort ? [sortOf(url.sort)] : []), [url.sort]);
  return {
    filter: url.q,
    sort: url.sort,
    sorting,
    columns: url.cols,
    setFilter: (q) => void set({ q: q || null }),
    setSort: (sort) => void set({ sort: sort || null }),
    setColumns: (cols) => void set({ cols }),
  };
}
