import { describe, expect, it } from 'vitest';
import { sortOf, trackSizes, visibleColumns, type Column } from './columns';
import { csvOf } from './csv';
import { mustReorder } from './settled';

interface Row {
  name: string;
  cpu: number | null;
}
const columns: Column<Row>[] = [
  { id: 'name', header: 'Name', value: (r) => r.name, min: 8, grow: 1 },
  { id: 'cpu', header: 'CPU', unit: '%', value: (r) => r.cpu, min: 4, optional: 'shown' },
  { id: 'line', header: 'Last 15 min', value: () => null, min: 6, optional: 'hidden', drawn: true },
];

describe('tables', () => {
  it('writes CSV that no spreadsheet runs as a formula and that holds any name', () => {
    const rows = [
      { name: '=cmd|"/c calc"!A1', cpu: 12 },
      { name: 'a,b\n"c"', cpu: null },
      { name: "+1<script>'", cpu: -3 },
    ];
    expect(csvOf(columns, rows)).toBe('Name,CPU (%)\r\n"\'=cmd|""/c calc""!A1",12\r\n"a,b\n""c""",\r\n\'+1<script>\',-3\r\n');
  });
  it('shows optional columns as the URL says, otherwise as they are at first', () => {
    expect(visibleColumns(columns, null).map((c) => c.id)).toEqual(['name', 'cpu']);
    expect(visibleColumns(columns, ['line']).map((c) => c.id)).toEqual(['name', 'line']);
    expect(visibleColumns(columns, []).map((c) => c.id)).toEqual(['name']);
  });
  it('reads the direction of a sort from its sign', () => {
    expect([sortOf('cpu'), sortOf('-cpu')]).toEqual([
      { id: 'cpu', desc: false },
      { id: 'cpu', desc: true },
    ]);
  });
  it('gives header and rows the same tracks', () => {
    expect(trackSizes(columns.slice(0, 2))).toEqual({ tracks: 'minmax(8rem, 1fr) 4rem', minWidth: '14.25rem' });
  });
});

describe('order on screen', () => {
  const key = (r: { id: string }) => r.id;
  const rank = (r: { rank: number }) => r.rank;
  const shown = [
    { id: 'a', rank: 1 },
    { id: 'b', rank: 4 },
  ];
  it('stays when figures change or a row gets better', () => {
    const better = [
      { id: 'b', rank: 4 },
      { id: 'a', rank: 4 },
    ];
    expect(mustReorder(shown, better, key, rank)).toBe(false);
  });
  it('changes when a row gets worse, comes or goes', () => {
    expect(
      mustReorder(
        shown,
        [
          { id: 'a', rank: 1 },
          { id: 'b', rank: 0 },
        ],
        key,
        rank,
      ),
    ).toBe(true);
    expect(mustReorder(shown, [{ id: 'a', rank: 1 }], key, rank)).toBe(true);
    expect(
      mustReorder(
        shown,
        [
          { id: 'a', rank: 1 },
          { id: 'c', rank: 4 },
        ],
        key,
        rank,
      ),
    ).toBe(true);
  });
});
