import { z } from 'zod';
import { InvalidInput } from './errors';

/** An opaque position: the sort key of the last row shown, so that inserts before or after it move nothing. */
export const cursorOf = (key: readonly (string | number)[]): string => Buffer.from(JSON.stringify(key)).toString('base64url');

type Part = 'text' | 'id' | 'time';

/** What the query casts each part to takes no other text: a cursor of another list would make it fail. */
const FITS: Record<Part, (part: string) => boolean> = {
  text: (part) => !/\0|\p{Surrogate}/u.test(part),
  id: (part) => /^\d{1,18}$/.test(part),
  time: (part) => part === 'infinity' || z.iso.datetime().safeParse(part).success,
};

/** @returns the sort key as text, or null without a cursor. @throws InvalidInput when it is not one of this list */
export function readCursor(cursor: string | undefined, parts: readonly Part[]): string[] | null {
  if (cursor === undefined || cursor === '') return null;
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(key) && key.length === parts.length && key.every((k) => typeof k === 'string' || typeof k === 'number')) {
      const texts = key.map(String);
      if (parts.every((part, i) => FITS[part](texts[i] ?? ''))) return texts;
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
