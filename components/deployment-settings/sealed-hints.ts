import { span } from '@/components/ui/format';
import type { DeploymentDetail, DeploymentSettings } from '@/lib/contract/inventory';
import { endpointOf } from '@/lib/rules/secret-endpoint';

/**
 * By field path: since when a secret is stored and what it is good for. When the address that is typed now is another one,
 * the sentence asks for the secret again before the server has to.
 */
export function sealedHints(secrets: DeploymentDetail['secrets'], typed: DeploymentSettings, now: Date): Record<string, string> {
  return Object.fromEntries(
    secrets.map(({ kind, boundTo, updatedAt }) => {
      const age = span(now.getTime() - Date.parse(updatedAt));
      const kept = `Stored ${age} ago for ${boundTo}. Leave it empty to keep it.`;
      return [
        `secrets.${kind}`,
        endpointNow(kind, typed) === boundTo
          ? kept
          : `It was given for ${boundTo}. The address is another one now: enter it again.`,
      ];
    }),
  );
}

/** A URL that is still being typed is no endpoint yet. */
function endpointNow(kind: Parameters<typeof endpointOf>[0], typed: DeploymentSettings): string | null {
  try {
    return endpointOf(kind, typed);
  } catch {
    return null;
  }
}
