'use client';

import { useEffect, useRef, useState } from 'react';
import type { Problem } from '@/lib/contract/problem';
import { firstWrong, placeErrors, type ServerError } from './errors';
import type { Values } from './fields';
import type { FieldErrors } from './values';

export interface Refused {
  title: string;
  detail: string;
  /** Errors that no field on the page stands for. */
  elsewhere: ServerError[];
}

/** What was typed and what is wrong with it. An error never clears a field; typing into a field clears its error. */
export function useForm(initial: Values) {
  const [values, setValues] = useState(initial);
  const [errors, setErrors] = useState<FieldErrors>({});
  const [refused, setRefused] = useState<Refused | null>(null);
  const [focusOn, setFocusOn] = useState<{ path: string } | null>(null);

  const show = (found: FieldErrors, why: Refused | null) => {
    setErrors(found);
    setRefused(why);
    const path = firstWrong(found, values);
    setFocusOn(path ? { path } : null);
  };

  return {
    values,
    errors,
    refused,
    focusOn,
    setValues,
    set(path: string, value: string) {
      setValues((v) => ({ ...v, [path]: value }));
      setErrors(({ [path]: _gone, ...rest }) => (path.startsWith('masters.') ? without(rest, 'masters') : rest));
    },
    clear: () => show({}, null),
    /** Errors found before anything was sent. */
    refuseHere: (found: FieldErrors) => show(found, null),
    refuse(problem: Problem) {
      const { fields, elsewhere } = placeErrors(problem.errors ?? [], values);
      const placed = Object.keys(fields).length;
      const detail = placed > 0 && elsewhere.length === 0 ? '' : problem.errors?.length ? '' : problem.detail;
      show(fields, { title: placed > 0 ? fieldsWrong(placed) : problem.title, detail, elsewhere });
    },
  };
}

export type Form = ReturnType<typeof useForm>;

/** For the <form>: moves the focus to the first wrong field, once a refusal. */
export function useFocusOnWrong({ focusOn }: Form) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (focusOn) focusField(form.current, focusOn.path);
  }, [focusOn]);
  return form;
}

const fieldsWrong = (n: number) => (n === 1 ? 'One field is not right yet.' : `${n} fields are not right yet.`);

function without(errors: FieldErrors, path: string): FieldErrors {
  const { [path]: _gone, ...rest } = errors;
  return rest;
}

/** Fields carry their path as name; a folded group opens first, or the focus would fall into the void. */
function focusField(form: HTMLFormElement | null, path: string) {
  const field = form?.querySelector<HTMLElement>(`[name="${CSS.escape(path)}"]`);
  field?.closest('details')?.setAttribute('open', '');
  field?.focus();
}
