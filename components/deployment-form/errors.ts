import { FIELDS, GROUPS, isShown, type Values } from './fields';
import { filledMasters } from './masters';
import { type FieldErrors, mediaNodesOf } from './values';

export type ServerError = { field: string; detail: string };

/**
 * Puts each error of a problem document beside the field that was typed into. What has no field on the page is returned as
 * `elsewhere`, so that no error is ever swallowed.
 */
export function placeErrors(errors: ServerError[], v: Values): { fields: FieldErrors; elsewhere: ServerError[] } {
  const fields: FieldErrors = {};
  const elsewhere: ServerError[] = [];
  for (const { field, detail } of errors) {
    const place = placeOf(field, detail, v);
    if (!place) elsewhere.push({ field, detail });
    else fields[place.path] = fields[place.path] ? `${fields[place.path]}; ${place.detail}` : place.detail;
  }
  return { fields, elsewhere };
}

function placeOf(field: string, detail: string, v: Values): { path: string; detail: string } | null {
  const [head = '', index = ''] = field.split('.');
  if (head === 'masters') {
    // Empty fields are not sent, so the k-th address may come from a later field.
    const path = index === '' ? 'masters' : filledMasters(v)[Number(index)];
    return path ? { path, detail } : { path: 'masters', detail };
  }
  if (head === 'mediaNodes') {
    const line = mediaNodesOf(v)[Number(index)]?.at;
    return { path: 'mediaNodes', detail: line && index !== '' ? `line ${line}: ${detail}` : detail };
  }
  for (let path = field; path !== ''; path = path.slice(0, Math.max(path.lastIndexOf('.'), 0))) {
    const exact = FIELDS.find((f) => f.path === path) ?? FIELDS.find((f) => f.path.startsWith(`${path}.`));
    if (exact) return isShown(exact, v) ? { path: exact.path, detail } : null;
  }
  return null;
}

/** Field that gets the focus: the first wrong one in the order of the page. `masters` stands for its first empty field. */
export function firstWrong(errors: FieldErrors, v: Values): string | null {
  for (const group of GROUPS)
    for (const f of group.fields) {
      if (errors[f.path]) return f.path;
      if (f.path === 'masters.0' && errors.masters)
        return group.fields.find((m) => !(v[m.path] ?? '').trim())?.path ?? 'masters.0';
    }
  return null;
}
