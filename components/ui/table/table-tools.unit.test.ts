import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { TableTools } from './table-tools';

interface Row {
  name: string;
}
const table = {
  label: 'rows',
  csvName: 'rows',
  rows: [],
  columns: [{ id: 'name', header: 'Name', value: (r: Row) => r.name, min: 8 }],
  rowKey: (r: Row) => r.name,
  shown: [],
  ordered: [],
  state: { sort: '', sorting: [], filter: '', columns: null, setSort: () => 0, setFilter: () => 0, setColumns: () => 0 },
  phone: true,
  onFilter: () => undefined,
  onSort: () => undefined,
};
const firstOrder = (more: { rank?: (row: Row) => number; ownOrder?: string }) =>
  /<option value=""[^>]*>([^<]*)</.exec(renderToStaticMarkup(createElement(TableTools<Row>, { ...table, ...more })))?.[1];

test('a phone names the order without a sort as what it is, and worst first only where rows have a rank', () => {
  expect(firstOrder({ rank: () => 0 })).toBe('Worst first');
  expect(firstOrder({ ownOrder: 'Newest first' })).toBe('Newest first');
  expect(firstOrder({ rank: () => 0, ownOrder: 'Trouble first' })).toBe('Trouble first');
  expect(firstOrder({})).toBe('As listed');
});
