'use client';

import { useRef } from 'react';
import { Button } from '@/components/ui/button';
import { Field, Textarea } from '@/components/ui/field';
import type { FieldSpec } from './fields';
import { lookAtKey } from './ssh-key';
import type { Form } from './use-form';

/** Larger than any private key; a file beyond this is not read. */
const MAX_FILE = 64 * 1024;

interface KeyViewProps {
  spec: FieldSpec;
  form: Form;
  sealed?: string | undefined;
  className?: string | undefined;
}

/** A private key by paste, by file or dropped on the field. What is plainly no private key is said before it is sent. */
export function KeyView({ spec, form, sealed, className }: KeyViewProps) {
  const { path, label } = spec;
  const file = useRef<HTMLInputElement>(null);
  const value = form.values[path] ?? '';
  const looks = lookAtKey(value);
  const passphrase = form.values[`${path}Passphrase`] ?? '';
  const read = async (chosen: File | undefined) => {
    if (!chosen) return;
    form.set(path, chosen.size > MAX_FILE ? `${chosen.name}: too large for a key` : await chosen.text());
  };
  const hint =
    looks.kind === 'private'
      ? looks.encrypted && passphrase === ''
        ? 'This key is encrypted: its passphrase is needed below.'
        : looks.encrypted
          ? 'An encrypted private key.'
          : 'A private key without a passphrase.'
      : (sealed ?? 'Paste it, drop the file here, or choose it. It is sealed at once and never shown again.');
  return (
    <Field
      label={label}
      hint={<span role="status">{hint}</span>}
      error={form.errors[path] ?? (looks.kind === 'wrong' ? looks.sentence : null)}
      {...(className ? { className } : {})}
    >
      {(a) => (
        <div className="flex flex-col gap-1.5">
          <Textarea
            {...a}
            name={path}
            value={value}
            rows={3}
            spellCheck={false}
            autoComplete="off"
            placeholder={sealed ? '••••••••' : '-----BEGIN OPENSSH PRIVATE KEY-----'}
            onChange={(e) => form.set(path, e.target.value)}
            onDrop={(e) => {
              const [dropped] = e.dataTransfer.files;
              if (!dropped) return;
              e.preventDefault();
              void read(dropped);
            }}
          />
          <div>
            <Button onClick={() => file.current?.click()}>Choose a file</Button>
            <input
              ref={file}
              type="file"
              hidden
              aria-label={`${label}: file`}
              onChange={(e) => {
                void read(e.target.files?.[0]);
                // The same file may be chosen again after a change.
                e.target.value = '';
              }}
            />
          </div>
        </div>
      )}
    </Field>
  );
}
