import type { Column } from './columns';

/** RFC 4180 of what is shown, in its order. A text that a spreadsheet would run as a formula is quoted with an apostrophe. */
export function csvOf<T>(columns: Column<T>[], rows: T[]): string {
  const drawn = columns.filter((c) => !c.drawn);
  const head = drawn.map((c) => field(c.unit ? `${c.header} (${c.unit})` : c.header));
  const lines = rows.map((row) => drawn.map((c) => field(c.value(row))));
  return [head, ...lines].map((line) => `${line.join(',')}\r\n`).join('');
}

function field(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function download(name: string, csv: string) {
  const url = URL.createObjectURL(new Blob([csv], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
