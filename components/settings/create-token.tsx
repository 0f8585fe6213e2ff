'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { pressKey, problemOf } from '@/components/deployment-form/refusal';
import { client, orpc } from '@/components/live/client';
import { Button } from '@/components/ui/button';
import { CopyText } from '@/components/ui/copy';
import { Dialog, preloadDialog } from '@/components/ui/dialog';
import { Field, Input, Radios, Select } from '@/components/ui/field';
import { Notice } from '@/components/ui/notice';
import type { Scope } from '@/lib/contract/names';
import { SCOPES } from './token-state';

const LIVES = [
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'a year' },
  { value: '', label: 'never expires' },
];

/** The token itself lives only in this dialog: it is shown once and gone when the dialog closes. */
export function CreateToken() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button kind="primary" onPointerEnter={preloadDialog} onFocus={preloadDialog} onClick={() => setOpen(true)}>
        Make a token
      </Button>
      {open && <TokenDialog onClose={() => setOpen(false)} />}
    </>
  );
}

function TokenDialog({ onClose }: { onClose: () => void }) {
  const queries = useQueryClient();
  const form = useId();
  const [name, setName] = useState('');
  const [scope, setScope] = useState<Scope>('read');
  const [days, setDays] = useState('90');
  const create = useMutation({
    mutationFn: () =>
      client.tokens.create(
        { name, scope, expiresInDays: days === '' ? null : Number(days) },
        { context: { idempotencyKey: pressKey() } },
      ),
    onSuccess: () => void queries.invalidateQueries({ queryKey: orpc.tokens.key() }),
  });
  const problem = create.error ? problemOf(create.error) : null;
  const nameError = problem?.errors?.find((e) => e.field === 'name')?.detail;
  const made = create.data;
  return (
    <Dialog
      open
      onOpenChange={(next) => !next && onClose()}
      title={made ? 'Copy the token now' : 'Make a token'}
      description={made ? 'It is not kept here and cannot be shown again.' : 'It may do what its scope says, and no more.'}
      footer={
        made ? (
          <Button kind="primary" onClick={onClose}>
            I have copied it
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>Cancel</Button>
            <Button kind="primary" type="submit" form={form} busy={create.isPending}>
              Make the token
            </Button>
          </>
        )
      }
    >
      {made ? (
        <CopyText block text={made.token} label="Copy the token" />
      ) : (
        <form
          id={form}
          noValidate
          className="flex flex-col gap-4"
          onSubmit={(e) => {
            e.preventDefault();
            if (!create.isPending) create.mutate();
          }}
        >
          <Field label="Name" hint="What uses it, such as backup script." error={nameError}>
            {(a) => (
              <Input {...a} name="name" value={name} autoComplete="off" autoFocus onChange={(e) => setName(e.target.value)} />
            )}
          </Field>
          <Radios legend="Scope" name="scope" value={scope} options={SCOPES} onChange={setScope} />
          <Field label="Expires after">
            {(a) => (
              <Select {...a} name="expires" value={days} onChange={(e) => setDays(e.target.value)}>
                {LIVES.map((l) => (
                  <option key={l.value} value={l.value}>
                    {l.label}
                  </option>
                ))}
              </Select>
            )}
          </Field>
          {problem && !nameError && (
            <Notice tone="down" role="alert" title={`${problem.title}.`}>
              {problem.detail}
            </Notice>
          )}
        </form>
      )}
    </Dialog>
  );
}
