import { FIELDS, type Values } from './fields';

export type Conflict = { path: string; label: string; was: string; now: string; yours: string };

/**
 * Three versions of the same form after a 412: what I did not touch takes the newer value, what I typed stays.
 * `theirs` names every field that changed meanwhile; `both` those that I changed as well.
 */
export function rebase(base: Values, now: Values, mine: Values): { values: Values; theirs: Conflict[]; both: Conflict[] } {
  const values = { ...mine };
  const theirs: Conflict[] = [];
  for (const { path, label } of FIELDS) {
    // Secrets are never read back, so they cannot differ.
    if (path.startsWith('secrets.')) continue;
    const [was = '', current = '', yours = ''] = [base[path], now[path], mine[path]];
    if (was === current) continue;
    theirs.push({ path, label, was, now: current, yours });
    if (yours === was) values[path] = current;
  }
  return { values, theirs, both: theirs.filter((c) => c.yours !== c.was && c.yours !== c.now) };
}
