'use client';

import { useEffect, useRef, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Field, Input } from '@/components/ui/field';
import { Notice } from '@/components/ui/notice';
import { safeNext } from './next-path';
import { signIn, type SignInAnswer } from './sign-in-request';

type Refusal = Extract<SignInAnswer, { kind: 'refused' }>;

/** E-mail and password. What was typed stays after a refusal, the focus goes to what is wrong. */
export function SignInForm({ next }: { next: string | null }) {
  const form = useRef<HTMLFormElement>(null);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const wait = useCountdown(refusal);

  useEffect(() => {
    if (!refusal?.field) return;
    const input = form.current?.querySelector<HTMLInputElement>(`[name="${refusal.field}"]`);
    input?.focus();
    input?.select();
  }, [refusal]);

  const submit = async (typed: FormData) => {
    const email = String(typed.get('email') ?? '').trim();
    const password = String(typed.get('password') ?? '');
    if (!email || !password) {
      const field = email ? 'password' : 'email';
      return setRefusal({
        kind: 'refused',
        field,
        sentence: email ? 'Give the password.' : 'Give the e-mail address of your account.',
      });
    }
    setBusy(true);
    const answer = await signIn(email, password);
    if (answer.kind === 'in') return window.location.assign(safeNext(next));
    setBusy(false);
    setRefusal(answer);
  };

  const error = (field: Refusal['field']) => (refusal?.field === field ? refusal?.sentence : null);
  return (
    <form
      ref={form}
      noValidate
      // Should scripts not have loaded yet, a password must never end in the address.
      method="post"
      className="flex flex-col gap-4"
      onSubmit={(e) => {
        e.preventDefault();
        if (!busy && wait === 0) void submit(new FormData(e.currentTarget));
      }}
    >
      <Field label="E-mail address" error={error('email')}>
        {(a) => <Input {...a} name="email" type="email" autoComplete="username" autoFocus spellCheck={false} required />}
      </Field>
      <Field label="Password" error={error('password')}>
        {(a) => <Input {...a} name="password" type="password" autoComplete="current-password" required />}
      </Field>
      {refusal && !refusal.field && (
        <Notice tone={wait > 0 ? 'amber' : 'down'} role="alert" title={refusal.sentence}>
          {refusal.waitSeconds !== undefined && (
            <span aria-live="off">{wait > 0 ? `Try again in ${wait} s.` : 'You can try again now.'}</span>
          )}
        </Notice>
      )}
      <Button
        type="submit"
        kind="primary"
        busy={busy}
        guard={wait > 0 ? `Wait ${wait} s: too many tries.` : null}
        className="h-9"
      >
        {busy ? 'Signing in' : 'Sign in'}
      </Button>
    </form>
  );
}

/** Seconds until the next try is taken; 0: now. */
function useCountdown(refusal: Refusal | null): number {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    const seconds = refusal?.waitSeconds ?? 0;
    const until = Date.now() + seconds * 1000;
    const tick = () => setLeft(Math.max(0, Math.ceil((until - Date.now()) / 1000)));
    tick();
    if (seconds === 0) return;
    const timer = window.setInterval(tick, 500);
    return () => window.clearInterval(timer);
  }, [refusal]);
  return left;
}
