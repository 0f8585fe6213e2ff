'use client';

import { useEffect, useRef, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Field, Input } from '@/components/ui/field';
import { Notice } from '@/components/ui/notice';
import { signIn } from './sign-in-request';

type Wrong = { title: string; fields: Record<string, string> };
const FIELDS = ['email', 'name', 'password', 'again'];
export const MIN_PASSWORD = 12;

/** The one-time link makes the first administrator, or gives an administrator a new password; then signs in. */
export function SetupForm({ token }: { token: string | null }) {
  const form = useRef<HTMLFormElement>(null);
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<Wrong | null>(null);
  const fromHash = useRef<string | null>(null);

  useEffect(() => {
    // A link may carry its token behind #, where no server or proxy logs it.
    fromHash.current = window.location.hash.replace(/^#(token=)?/, '') || null;
  }, []);
  useEffect(() => {
    const first = FIELDS.find((f) => wrong?.fields[f]);
    if (first) form.current?.querySelector<HTMLInputElement>(`[name="${first}"]`)?.focus();
  }, [wrong]);

  const submit = async (typed: FormData) => {
    const text = (name: string) => String(typed.get(name) ?? '');
    if (text('password') !== text('again')) return setWrong({ title: '', fields: { again: 'The two passwords differ.' } });
    setBusy(true);
    const body = {
      token: token ?? fromHash.current ?? '',
      email: text('email').trim(),
      name: text('name').trim(),
      password: text('password'),
    };
    const failed = await complete(body);
    if (failed) {
      setBusy(false);
      return setWrong(failed);
    }
    const answer = await signIn(body.email, body.password);
    window.location.assign(answer.kind === 'in' ? '/' : '/sign-in');
  };

  const at = (field: string) => wrong?.fields[field] ?? null;
  return (
    <form
      ref={form}
      noValidate
      method="post"
      className="flex flex-col gap-4"
      onSubmit={(e) => {
        e.preventDefault();
        if (!busy) void submit(new FormData(e.currentTarget));
      }}
    >
      <Field label="E-mail address" hint="You sign in with it." error={at('email')}>
        {(a) => <Input {...a} name="email" type="email" autoComplete="username" autoFocus spellCheck={false} required />}
      </Field>
      <Field label="Name" hint="Shown beside what you do." error={at('name')}>
        {(a) => <Input {...a} name="name" autoComplete="name" required />}
      </Field>
      <Field label="Password" hint={`At least ${MIN_PASSWORD} characters.`} error={at('password')}>
        {(a) => <Input {...a} name="password" type="password" autoComplete="new-password" required />}
      </Field>
      <Field label="The password once more" error={at('again')}>
        {(a) => <Input {...a} name="again" type="password" autoComplete="new-password" required />}
      </Field>
      {wrong?.title && (
        <Notice tone="down" role="alert" title={wrong.title}>
          {at('token')}
        </Notice>
      )}
      <Button type="submit" kind="primary" busy={busy} className="h-9">
        Make the administrator
      </Button>
    </form>
  );
}

/** null: done. The answer is a problem document or nothing that can be read. */
async function complete(body: object): Promise<Wrong | null> {
  try {
    const response = await fetch('/api/v1/setup', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      credentials: 'same-origin',
      body: JSON.stringify(body),
    });
    if (response.ok) return null;
    const problem: { title?: string; detail?: string; errors?: { field: string; detail: string }[] } = await response.json();
    const fields = Object.fromEntries((problem.errors ?? []).map((e) => [e.field, e.detail]));
    const placed = FIELDS.some((f) => fields[f]);
    return { title: placed ? '' : fields.token ? 'This link does not work.' : (problem.detail ?? 'It was refused.'), fields };
  } catch {
    return { title: 'Signalbox does not answer. What you typed is kept; try again in a moment.', fields: {} };
  }
}
