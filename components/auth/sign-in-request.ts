export type SignInAnswer =
  { kind: 'in' } | { kind: 'refused'; sentence: string; field?: 'email' | 'password'; waitSeconds?: number };

const MAX_WAIT_S = 3600;

/** Sign-in by plain fetch to better-auth's own endpoint; its client library would cost more than this page. */
export async function signIn(email: string, password: string): Promise<SignInAnswer> {
  try {
    const response = await fetch('/api/auth/sign-in/email', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      credentials: 'same-origin',
      body: JSON.stringify({ email, password }),
    });
    return response.ok ? { kind: 'in' } : answerOf(response.status, response.headers);
  } catch {
    return { kind: 'refused', sentence: 'Signalbox does not answer. Check that it runs, then try again.' };
  }
}

/** What a refusal means; the same sentence for an unknown address and a wrong password. */
export function answerOf(status: number, headers: Pick<Headers, 'get'>): SignInAnswer {
  if (status === 429) {
    const said = Number(headers.get('x-retry-after') ?? headers.get('retry-after') ?? '');
    const waitSeconds = Math.min(Math.max(1, Math.ceil(said) || 10), MAX_WAIT_S);
    return { kind: 'refused', sentence: 'Too many tries from this address.', waitSeconds };
  }
  if (status === 400) return { kind: 'refused', field: 'email', sentence: 'Give the e-mail address of your account.' };
  if (status === 401 || status === 422)
    return { kind: 'refused', field: 'password', sentence: 'The e-mail address or the password is not right.' };
  if (status === 403)
    return {
      kind: 'refused',
      sentence: 'Signalbox does not take a sign-in from this address. Open it under its public URL (SIGNALBOX_PUBLIC_URL).',
    };
  return { kind: 'refused', sentence: 'Signalbox could not read its database. The deployments go on; try again in a moment.' };
}
