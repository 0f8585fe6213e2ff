import type { CheckStep } from '@/lib/contract/tasks';
import { asLinkError, HostKeyChanged, HostKeyUnknown, type LinkError } from '@/lib/links/errors';
import type { Report } from './platform';

export type Outcome<T> = {
  value: T;
  detail: string;
  state?: 'ok' | 'warning' | 'failed' | 'skipped';
  advice?: string | null;
  hostKey?: CheckStep['hostKey'];
};

/**
 * Runs one step and reports its begin and its end, whatever happens in it.
 * @returns its value, or the error it ended with
 */
export async function runStep<T>(
  report: Report,
  { key, label }: { key: string; label: string },
  act: () => Promise<Outcome<T>>,
): Promise<{ value: T } | { error: LinkError }> {
  const began = performance.now();
  const ms = () => Math.round(performance.now() - began);
  const empty = { key, label, detail: null, advice: null, ms: null, hostKey: null };
  report({ ...empty, state: 'running' });
  try {
    const { value, detail, state = 'ok', advice = null, hostKey = null } = await act();
    report({ ...empty, state, detail, advice, hostKey, ms: ms() });
    return { value };
  } catch (thrown) {
    const error = asLinkError(thrown, label);
    // A key nobody has confirmed yet is a question, not a fault.
    const state = error instanceof HostKeyUnknown ? 'warning' : 'failed';
    report({ ...empty, state, detail: error.message, advice: error.advice, hostKey: shownKey(error), ms: ms() });
    return { error };
  }
}

function shownKey(error: LinkError): CheckStep['hostKey'] {
  if (!(error instanceof HostKeyUnknown) && !(error instanceof HostKeyChanged)) return null;
  const { endpoint, algorithm, fingerprint } = error.hostKey;
  return { endpoint, algorithm, fingerprint, state: error instanceof HostKeyUnknown ? 'new' : 'changed' };
}

/** At most `limit` at a time, in order of the list. */
export async function inBatches<T, R>(items: T[], limit: number, act: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = new Array<R>(items.length);
  let next = 0;
  const lane = async () => {
    for (let i = next++; i < items.length; i = next++) {
      const item = items[i];
      if (item !== undefined) results[i] = await act(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
  return results;
}
