'use client';

import { Checkbox, Field, Input, Select, Textarea } from '@/components/ui/field';
import type { FieldSpec } from './fields';
import { KeyView } from './key-view';
import type { Form } from './use-form';

interface FieldViewProps {
  spec: FieldSpec;
  form: Form;
  /** Sentence about a secret that is stored or was found: it is never shown, and stays when the field is left empty. */
  sealed?: string | undefined;
  className?: string;
}

/** One field by its kind. `name` is the path, so that an error finds it. */
export function FieldView({ spec, form, sealed, className }: FieldViewProps) {
  const { path, kind, label } = spec;
  const value = form.values[path] ?? '';
  const hint = sealed ?? spec.hint;
  const error = form.errors[path];
  if (kind === 'key') return <KeyView spec={spec} form={form} sealed={sealed} className={className} />;
  if (kind === 'switch')
    return (
      <Checkbox
        name={path}
        label={label}
        hint={hint}
        checked={value === 'on'}
        onChange={(e) => form.set(path, e.target.checked ? 'on' : '')}
        className={className ?? ''}
      />
    );
  return (
    <Field label={label} hint={hint} error={error} {...(className ? { className } : {})}>
      {(a) => {
        const common = { ...a, name: path, value, spellCheck: false };
        if (kind === 'choice')
          return (
            <Select {...common} onChange={(e) => form.set(path, e.target.value)}>
              {spec.choices?.map((c) => (
                <option key={c.value} value={c.value}>
                  {c.label}
                </option>
              ))}
            </Select>
          );
        if (kind === 'lines') return <Textarea {...common} rows={4} onChange={(e) => form.set(path, e.target.value)} />;
        return (
          <Input
            {...common}
            type={kind === 'secret' ? 'password' : 'text'}
            inputMode={kind === 'number' ? 'numeric' : undefined}
            autoComplete={kind === 'secret' ? 'new-password' : 'off'}
            placeholder={kind === 'secret' ? (sealed ? '••••••••' : undefined) : spec.fallback}
            required={path === 'name'}
            className={spec.mono || kind === 'number' ? 'font-mono' : ''}
            onChange={(e) => form.set(path, e.target.value)}
          />
        );
      }}
    </Field>
  );
}
