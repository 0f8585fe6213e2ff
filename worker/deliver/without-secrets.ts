import type { CheckStep } from '@/lib/contract/tasks';
import type { Secrets } from '@/lib/links/targets';

/**
 * A step is shown and stored: should a host ever echo a secret in an error, it leaves here as ***. Short values are left
 * alone, they would tear words apart.
 */
export function withoutSecrets(step: CheckStep, secrets: Secrets): CheckStep {
  const values = Object.values(secrets).filter((v) => v.length >= 6);
  const clean = (text: string | null) => text && values.reduce((t, v) => t.replaceAll(v, '***'), text);
  return { ...step, detail: clean(step.detail), advice: clean(step.advice) };
}
