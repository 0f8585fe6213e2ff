import { useState } from 'react';

/**
 * Whether rows that are on screen may be put in a new order: only when one came, went, or became worse. Figures change in
 * place without moving a row away from under the pointer.
 * @param rank lower is worse
 */
export function mustReorder<T>(shown: T[], now: T[], key: (row: T) => string, rank?: (row: T) => number): boolean {
  if (shown.length !== now.length) return true;
  const before = new Map(shown.map((row) => [key(row), rank?.(row) ?? 0]));
  return now.some((row) => {
    const was = before.get(key(row));
    return was === undefined || (rank !== undefined && rank(row) < was);
  });
}

/** The rows whose order counts. `settle` takes the present ones: call it when the user sorts or filters. */
export function useSettled<T>(rows: T[], key: (row: T) => string, rank?: (row: T) => number) {
  const [shown, setShown] = useState(rows);
  const anew = shown !== rows && mustReorder(shown, rows, key, rank);
  if (anew) setShown(rows);
  return { settled: anew ? rows : shown, settle: () => setShown(rows) };
}
