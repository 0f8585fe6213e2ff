'use client';

import { useId, type ComponentProps, type ReactNode } from 'react';
import { cx } from './cx';

const box =
  'w-full rounded-md border border-edge bg-panel px-2.5 text-ink aria-invalid:border-down disabled:bg-hover disabled:text-soft';

export interface FieldProps {
  label: ReactNode;
  hint?: ReactNode;
  /** Sentence beside the field; the input becomes aria-invalid. */
  error?: string | null | undefined;
  optional?: boolean;
  className?: string;
  children: (ids: { id: string; 'aria-describedby': string | undefined; 'aria-invalid': true | undefined }) => ReactNode;
}

/** Label, hint and error tied to one input: `<Field label="Name">{(a) => <Input {...a} />}</Field>`. */
export function Field({ label, hint, error, optional, className, children }: FieldProps) {
  const id = useId();
  const describedBy = cx(hint ? `${id}-hint` : null, error ? `${id}-error` : null) || undefined;
  return (
    <div className={cx('flex flex-col gap-1', className)}>
      <label htmlFor={id} className="font-medium">
        {label}
        {optional && <span className="text-soft font-normal"> (optional)</span>}
      </label>
      {children({ id, 'aria-describedby': describedBy, 'aria-invalid': error ? true : undefined })}
      {hint && (
        <p id={`${id}-hint`} className="text-soft text-sm">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} className="text-down text-sm">
          {error}
        </p>
      )}
    </div>
  );
}

export function Input({ className, ...rest }: ComponentProps<'input'>) {
  return <input {...rest} className={cx(box, 'h-8', className)} />;
}

export function Textarea({ className, ...rest }: ComponentProps<'textarea'>) {
  return <textarea {...rest} className={cx(box, 'min-h-20 py-1.5 font-mono text-sm', className)} />;
}

/** The browser's own list: right on a phone, by keyboard and for screen readers, at no cost. */
export function Select({ className, ...rest }: ComponentProps<'select'>) {
  return <select {...rest} className={cx(box, 'h-8 pr-1', className)} />;
}

export function Checkbox({
  label,
  hint,
  className,
  ...rest
}: Omit<ComponentProps<'input'>, 'type'> & { label: ReactNode; hint?: ReactNode }) {
  const id = useId();
  return (
    <div className={cx('flex items-start gap-2', className)}>
      <input
        id={id}
        {...rest}
        type="checkbox"
        aria-describedby={hint ? `${id}-hint` : undefined}
        className="accent-accent mt-0.5 size-4 shrink-0"
      />
      <div>
        <label htmlFor={id} className="-my-0.5 block py-0.5">
          {label}
        </label>
        {hint && (
          <p id={`${id}-hint`} className="text-soft text-sm">
            {hint}
          </p>
        )}
      </div>
    </div>
  );
}

interface RadiosProps<T extends string> {
  legend: ReactNode;
  name: string;
  value: T;
  options: { value: T; label: ReactNode; hint?: ReactNode }[];
  onChange: (value: T) => void;
}

export function Radios<T extends string>({ legend, name, value, options, onChange }: RadiosProps<T>) {
  return (
    <fieldset className="flex flex-col gap-1.5">
      <legend className="mb-1 font-medium">{legend}</legend>
      {options.map((option) => (
        <label key={option.value} className="flex items-start gap-2">
          <input
            type="radio"
            name={name}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
            className="accent-accent mt-0.5 size-4 shrink-0"
          />
          <span>
            {option.label}
            {option.hint && <span className="text-soft block text-sm">{option.hint}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
