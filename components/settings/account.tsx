'use client';

import { useMutation, useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { problemOf } from '@/components/deployment-form/refusal';
import { client, orpc } from '@/components/live/client';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { preloadDialog } from '@/components/ui/dialog';
import { Field, Input } from '@/components/ui/field';
import { Notice } from '@/components/ui/notice';
import { Panel, Section } from '@/components/ui/section';

export function Account() {
  const { data: me } = useQuery(orpc.me.queryOptions());
  return (
    <Section id="account" title="Account" lead={me ? `Signed in as ${me.label}, scope ${me.scope}.` : 'You.'} className="mt-8">
      <Panel className="grid gap-x-10 gap-y-6 p-4 lg:grid-cols-2">
        <ChangePassword email={me?.email ?? ''} />
        <SignOutEverywhere />
      </Panel>
    </Section>
  );
}

function ChangePassword({ email }: { email: string }) {
  const form = useRef<HTMLFormElement>(null);
  const [differ, setDiffer] = useState(false);
  const change = useMutation({
    mutationFn: (input: { current: string; next: string }) => client.password(input),
    onSuccess: () => form.current?.reset(),
    onError: (error) => focus(problemOf(error).errors?.[0]?.field ?? 'current'),
  });
  const focus = (name: string) => form.current?.querySelector<HTMLInputElement>(`[name="${name}"]`)?.focus();
  const problem = change.error ? problemOf(change.error) : null;
  const at = (field: string) => problem?.errors?.find((e) => e.field === field)?.detail ?? null;
  return (
    <form
      ref={form}
      noValidate
      className="flex flex-col gap-3"
      onSubmit={(e) => {
        e.preventDefault();
        if (change.isPending) return;
        const typed = new FormData(e.currentTarget);
        const text = (name: string) => String(typed.get(name) ?? '');
        setDiffer(text('next') !== text('again'));
        if (text('next') !== text('again')) {
          change.reset();
          focus('again');
        } else change.mutate({ current: text('current'), next: text('next') });
      }}
    >
      <h3 className="font-medium">Change the password</h3>
      {/* Password managers need to know whose password this is. */}
      <input type="email" name="email" autoComplete="username" value={email} readOnly hidden />
      <Field label="Password of now" error={at('current')}>
        {(a) => <Input {...a} name="current" type="password" autoComplete="current-password" />}
      </Field>
      <Field label="New password" hint="At least 12 characters." error={at('next')}>
        {(a) => <Input {...a} name="next" type="password" autoComplete="new-password" />}
      </Field>
      <Field label="New password once more" error={differ ? 'The two passwords differ.' : null}>
        {(a) => <Input {...a} name="again" type="password" autoComplete="new-password" />}
      </Field>
      {problem && !at('current') && !at('next') && (
        <Notice tone="down" role="alert" title={`${problem.title}.`}>
          {problem.detail}
        </Notice>
      )}
      {change.isSuccess && (
        <Notice role="status" title="The password is changed.">
          Every other session of yours was ended.
        </Notice>
      )}
      <div>
        <Button type="submit" busy={change.isPending}>
          Change the password
        </Button>
      </div>
    </form>
  );
}

function SignOutEverywhere() {
  const [open, setOpen] = useState(false);
  const end = useMutation({
    mutationFn: () => client.signOutEverywhere(),
    onSuccess: () => window.location.assign(new URL('/sign-in', window.location.href)),
  });
  const problem = end.error ? problemOf(end.error) : null;
  return (
    <div className="flex flex-col gap-3">
      <h3 className="font-medium">Sign out everywhere</h3>
      <p className="text-soft max-w-[60ch]">
        Ends every session of yours, on this browser and all others. API tokens go on: revoke them above.
      </p>
      <div>
        <Button onPointerEnter={preloadDialog} onFocus={preloadDialog} onClick={() => setOpen(true)}>
          Sign out everywhere
        </Button>
      </div>
      <ConfirmDialog
        open={open}
        onOpenChange={setOpen}
        title="Sign out everywhere"
        act="End all my sessions"
        busy={end.isPending}
        error={problem ? `${problem.title}. ${problem.detail}` : null}
        onConfirm={() => end.mutate()}
      >
        <p>You are signed out here as well and sign in anew.</p>
      </ConfirmDialog>
    </div>
  );
}
