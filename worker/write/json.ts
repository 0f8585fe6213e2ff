/** Postgres takes neither NUL nor half a surrogate pair, and names in a cluster may hold anything. */
export function storable(text: string): string {
  return text.replaceAll('\0', '').replace(/\p{Surrogate}/gu, '\ufffd');
}

/** An entry of an index holds 2,704 bytes: with keys beside it and 4 bytes a character, no more than this. */
export const NAME_LIMIT = 600;

/** A name or id from a cluster as a column with an index takes it. */
export function indexable(text: string): string {
  return text.length > NAME_LIMIT ? storable(text.slice(0, NAME_LIMIT)) : storable(text);
}

const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** RFC 3339; null for none, and for one that cannot be: before 1970, beyond the year 9999, not a number. */
export function iso(at: number | null): string | null {
  return at !== null && at >= 0 && at <= LAST_MS ? new Date(at).toISOString() : null;
}

const INT_MAX = 2_147_483_647;

/** A count from a cluster as an int column takes it. */
export function countable(n: number): number {
  return Number.isFinite(n) ? Math.max(0, Math.min(INT_MAX, Math.trunc(n))) : 0;
}

/** For a jsonb parameter. */
export function json(value: unknown): string {
  return JSON.stringify(value, (_key, v: unknown) => (typeof v === 'string' ? storable(v) : v));
}

/** The same content gives the same text, whatever the order of keys: jsonb keeps none. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, v: unknown) =>
    typeof v === 'object' && v !== null && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)))
      : v,
  );
}

/** Rows whose content differs from what was written last. `written` is changed only by `keep`, after the commit. */
export class Written<Row> {
  private readonly texts = new Map<string, string>();
  readonly rows = new Map<string, Row>();

  /** @param text of a row, for comparing; flat rows of one fixed order of keys may take JSON.stringify, which is faster */
  constructor(private readonly text: (row: Row) => string = canonical) {}

  load(entries: Iterable<[string, Row]>): this {
    for (const [key, row] of entries) this.put(key, row, this.text(row));
    return this;
  }

  /** @param complete whether what is not among `next` is gone */
  diff(next: ReadonlyMap<string, Row>, complete: boolean): { changed: Map<string, Row>; gone: string[]; keep: () => void } {
    const texts = new Map<string, string>();
    const changed = new Map<string, Row>();
    for (const [key, row] of next) {
      const text = this.text(row);
      if (this.texts.get(key) === text) continue;
      texts.set(key, text);
      changed.set(key, row);
    }
    const gone = complete ? [...this.texts.keys()].filter((key) => !next.has(key)) : [];
    const keep = () => {
      for (const [key, row] of changed) this.put(key, row, texts.get(key) ?? '');
      for (const key of gone) {
        this.texts.delete(key);
        this.rows.delete(key);
      }
    };
    return { changed, gone, keep };
  }

  private put(key: string, row: Row, text: string): void {
    this.texts.set(key, text);
    this.rows.set(key, row);
  }
}
