import { SecretKind, type SecretsInput } from '@/lib/contract/inventory';
import type { Tx } from '@/lib/db/client';
import { endpointOf, type EndpointSettings } from '@/lib/rules/secret-endpoint';
import type { Context } from '../context';
import { InvalidInput, type FieldError } from '../errors';
import { checkKeys, normalizedKey } from './ssh-key';

/** As it goes into a row: opened only by the worker, and only for this deployment, kind and endpoint. */
export type SealedSecret = { kind: SecretKind; boundTo: string; sealed: Uint8Array<ArrayBuffer>; keyId: string };

const NEEDS: Record<SecretKind, string> = {
  livekitApiSecret: 'give livekitUrl as well: the secret is kept for that address only',
  sshKey: 'give the masters and the SSH user as well: the key is kept for them only',
  sshKeyPassphrase: 'give the masters and the SSH user as well',
  sshPassword: 'give the masters and the SSH user as well: the password is kept for them only',
  jumpKey: 'give the jump host as well: the key is kept for it only',
  jumpKeyPassphrase: 'give the jump host as well',
  jumpPassword: 'give the jump host as well: the password is kept for it only',
  redisPassword: 'give the masters as well: the password is kept for them only',
  sentinelPassword: 'give the masters as well: the password is kept for them only',
};

/**
 * Seals every secret that entered, for the endpoint that the settings give it. The values are forgotten with the request.
 * @throws InvalidInput beside the field of a secret that cannot be used
 */
export async function sealSecrets(
  ctx: Context,
  { deploymentId, settings, secrets }: { deploymentId: string; settings: EndpointSettings; secrets: SecretsInput },
): Promise<SealedSecret[]> {
  const entered = SecretKind.options.flatMap((kind) => {
    const value = secrets[kind];
    return value === undefined ? [] : [{ kind, value, boundTo: endpointOf(kind, settings) }];
  });
  const errors: FieldError[] = checkKeys(secrets);
  for (const { kind, boundTo } of entered) {
    if (boundTo === null) errors.push({ field: `secrets.${kind}`, detail: NEEDS[kind] });
  }
  if (errors.length > 0) throw new InvalidInput(errors);
  const { seal } = ctx;
  if (entered.length === 0) return [];
  if (!seal) throw new Error('no sealing key: secrets cannot be taken');
  return Promise.all(
    entered.map(async ({ kind, value, boundTo }) => {
      const context = { deploymentId, kind, boundTo: boundTo ?? '' };
      const text = kind === 'sshKey' || kind === 'jumpKey' ? normalizedKey(value) : value;
      // Copied: the driver wants bytes over an ArrayBuffer of their own.
      return { kind, boundTo: context.boundTo, sealed: Uint8Array.from(await seal.seal(text, context)), keyId: seal.keyId };
    }),
  );
}

export async function storeSecrets(tx: Tx, deploymentId: string, secrets: SealedSecret[], now: Date): Promise<void> {
  for (const { kind, boundTo, sealed, keyId } of secrets) {
    const data = { boundTo, sealed, keyId, updatedAt: now };
    await tx.secret.upsert({
      where: { deploymentId_kind: { deploymentId, kind } },
      create: { deploymentId, kind, ...data },
      update: data,
    });
  }
}

/**
 * A stored secret whose endpoint changes must be entered again; one whose endpoint goes away is removed with it.
 * @returns the kinds to remove. @throws InvalidInput beside each secret that is missing
 */
export function lostEndpoints(
  stored: { kind: string; boundTo: string }[],
  settings: EndpointSettings,
  entered: SecretsInput,
): SecretKind[] {
  const errors: FieldError[] = [];
  const gone: SecretKind[] = [];
  for (const { kind: name, boundTo } of stored) {
    const kind = SecretKind.parse(name);
    const now = endpointOf(kind, settings);
    if (now === null) gone.push(kind);
    else if (now !== boundTo && entered[kind] === undefined) {
      errors.push({ field: `secrets.${kind}`, detail: `it was given for ${boundTo}; enter it again for ${now}` });
    }
  }
  if (errors.length > 0) throw new InvalidInput(errors);
  return gone;
}
