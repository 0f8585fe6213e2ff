'use client';

import { useId } from 'react';
import { Field, Input } from '@/components/ui/field';
import type { FieldGroup } from './fields';
import { filledMasters, pasteMasters } from './masters';
import type { Form } from './use-form';

/** Four addresses; a list pasted into any of them fills all. */
export function MastersView({ group, form }: { group: FieldGroup; form: Form }) {
  const id = useId();
  const error = form.errors.masters;
  const given = filledMasters(form.values).length;
  return (
    <div className="flex flex-col gap-2">
      <div className="grid gap-3 sm:grid-cols-2">
        {group.fields.map(({ path, label }) => (
          <Field key={path} label={label} error={form.errors[path]}>
            {(a) => (
              <Input
                {...a}
                name={path}
                value={form.values[path] ?? ''}
                spellCheck={false}
                autoComplete="off"
                className="font-mono"
                aria-invalid={error ? true : a['aria-invalid']}
                aria-describedby={[a['aria-describedby'], `${id}-all`].filter(Boolean).join(' ')}
                onChange={(e) => form.set(path, e.target.value)}
                onPaste={(e) => {
                  const next = pasteMasters(form.values, path, e.clipboardData.getData('text'));
                  if (!next) return;
                  e.preventDefault();
                  form.setValues(next);
                }}
              />
            )}
          </Field>
        ))}
      </div>
      <p id={`${id}-all`} className={error ? 'text-down text-sm' : 'text-soft text-sm'}>
        {error ?? (given > 0 && given < 4 ? `${given} of 4 given.` : 'An HA deployment has exactly four.')}
      </p>
    </div>
  );
}
