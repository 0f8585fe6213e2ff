import type { CheckStep } from '@/lib/contract/tasks';
import type { Secrets } from '@/lib/links/targets';

/**
 * Should a host ever echo a secret in what it says, it leaves here as ***. Short values are left alone, they would tear words
 * apart.
 */
export function cleanText(text: string, secrets: Secrets): string {
  return Object.values(secrets)
    .filter((v) => v.length >= 6)
    .reduce((t, v) => t.replaceAll(v, '***'), text);
}

/** A step is shown and stored. */
export function withoutSecrets(step: CheckStep, secrets: Secrets): CheckStep {
  const clean = (text: string | null) => text && cleanText(text, secrets);
  return { ...step, detail: clean(step.detail), advice: clean(step.advice) };
}
