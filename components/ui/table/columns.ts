import type { ReactNode } from 'react';

export interface Column<T> {
  id: string;
  header: string;
  /** In the header, so that the cells hold figures only. */
  unit?: string;
  /** For sorting and CSV; null sorts last and is an empty field. */
  value: (row: T) => string | number | null;
  /** What is drawn; left out: the value, or "–" with the word unknown for screen readers. */
  cell?: (row: T) => ReactNode;
  /** Least width in rem; `grow` is its share of what is left. */
  min: number;
  grow?: number;
  right?: boolean;
  /** May be hidden: whether it is shown at first. */
  optional?: 'shown' | 'hidden';
  /** On a phone: first or second line, or not at all. */
  line?: 1 | 2 | 0;
  sortable?: boolean;
  /** Left out of the CSV, such as a drawing. */
  drawn?: boolean;
}

/** Tracks of a row: the same for header and rows, whatever they contain. */
export function trackSizes<T>(columns: Column<T>[]): { tracks: string; minWidth: string } {
  const tracks = columns.map((c) => (c.grow ? `minmax(${c.min}rem, ${c.grow}fr)` : `${c.min}rem`)).join(' ');
  const gaps = Math.max(0, columns.length - 1) * 0.75 + 1.5;
  return { tracks, minWidth: `${columns.reduce((sum, c) => sum + c.min, gaps)}rem` };
}

/** Optional columns are hidden and shown by the list in the URL; null: as they are at first. */
export function visibleColumns<T>(columns: Column<T>[], chosen: string[] | null): Column<T>[] {
  return columns.filter((c) => !c.optional || (chosen ? chosen.includes(c.id) : c.optional === 'shown'));
}

/** "-cpu" → by cpu, largest first. */
export function sortOf(text: string): { id: string; desc: boolean } {
  return text.startsWith('-') ? { id: text.slice(1), desc: true } : { id: text, desc: false };
}
