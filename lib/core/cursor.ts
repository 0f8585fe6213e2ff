import { InvalidInput } from './errors';

/** An opaque position: the sort key of the last row shown, so that inserts before or after it move nothing. */
export const cursorOf = (key: readonly (string | number)[]): string => Buffer.from(JSON.stringify(key)).toString('base64url');

/** @returns the sort key with `length` parts as text, or null without a cursor. @throws InvalidInput when it is not one of ours */
export function readCursor(cursor: string | undefined, length: number): string[] | null {
  if (cursor === undefined || cursor === '') return null;
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(key) && key.length === length && key.every((k) => typeof k === 'string' || typeof k === 'number')) {
      return key.map(String);
    }
  } catch {
    // falls through to the refusal
  }
  throw new InvalidInput([{ field: 'cursor', detail: 'not a cursor of this list; take it from next of the page before' }]);
}

/** One row more than asked for was read: it says that there is a next page. */
export function page<Row, Item>(
  rows: Row[],
  limit: number,
  keyOf: (row: Row) => readonly (string | number)[],
  view: (row: Row) => Item,
): { items: Item[]; next: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(view), next: rows.length > limit && last ? cursorOf(keyOf(last)) : null };
}
