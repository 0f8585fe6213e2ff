import type { Values } from './fields';

export const MASTER_PATHS = ['masters.0', 'masters.1', 'masters.2', 'masters.3'];

/** Addresses of a pasted list: split at spaces, commas, semicolons and line ends; `KEY=` of an env file and quotes fall off. */
export function splitPasted(text: string): string[] {
  return text
    .split(/[\s,;]+/)
    .map((part) => part.replace(/^[A-Za-z_][A-Za-z0-9_]*=/, '').replace(/^["'[]+|["'\]]+$/g, ''))
    .filter((part) => part !== '');
}

/** A paste of two or more addresses fills the four fields from the one it was pasted into on; null: an ordinary paste. */
export function pasteMasters(values: Values, path: string, text: string): Values | null {
  const found = splitPasted(text);
  if (found.length < 2) return null;
  const start = found.length >= MASTER_PATHS.length ? 0 : MASTER_PATHS.indexOf(path);
  const next = { ...values };
  found.forEach((address, i) => {
    const at = MASTER_PATHS[Math.min(start + i, MASTER_PATHS.length - 1)];
    // A fifth address is not lost in silence: it stays in the last field, where the check refuses it.
    if (at) next[at] = start + i < MASTER_PATHS.length ? address : `${next[at] ?? ''} ${address}`;
  });
  return next;
}

/** Which of the four fields hold something, in order: the k-th address sent came from field `filledMasters(v)[k]`. */
export const filledMasters = (v: Values): string[] => MASTER_PATHS.filter((p) => (v[p] ?? '').trim() !== '');
