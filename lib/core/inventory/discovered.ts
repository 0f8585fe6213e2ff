import type { DeploymentSettings, SecretsInput } from '@/lib/contract/inventory';
import { DiscoverTaskResult } from '@/lib/contract/tasks';
import type { Tx } from '@/lib/db/client';
import { endpointOf } from '@/lib/rules/secret-endpoint';
import type { Context } from '../context';
import { Conflict, InvalidInput, type FieldError } from '../errors';
import { storeSecrets } from './secrets';

export type Discovered = { deploymentId: string; result: DiscoverTaskResult };

/** What a finished discovery found. @throws InvalidInput beside discoverTaskId, Conflict when it was taken over already */
export async function discovered(db: Tx, taskId: string): Promise<Discovered> {
  const task = await db.task.findUnique({ where: { id: taskId } });
  const refuse = (detail: string) => new InvalidInput([{ field: 'discoverTaskId', detail }]);
  if (!task || task.kind !== 'discover') throw refuse('there is no such discovery');
  const result = DiscoverTaskResult.safeParse(task.result);
  if (task.status !== 'done' || !result.success) throw refuse('this discovery has not finished well');
  if (await db.deployment.findUnique({ where: { id: task.deploymentId }, select: { id: true } })) {
    throw new Conflict('A deployment was made of this discovery already.');
  }
  return { deploymentId: task.deploymentId, result: result.data };
}

type TakeOver = {
  id: string;
  found: Discovered;
  settings: DeploymentSettings;
  entered: SecretsInput;
  confirmed: { endpoint: string; fingerprint: string }[];
  by: string;
};

/**
 * Moves the secrets that the worker found and sealed into the deployment, unseen; one that was entered goes before.
 * A secret whose endpoint was edited since is refused: it was found for another address.
 */
export async function takeOver(tx: Tx, ctx: Context, { id, found, settings, entered, confirmed, by }: TakeOver) {
  const sealed = found.result.sealed.filter((s) => entered[s.kind] === undefined && endpointOf(s.kind, settings) !== null);
  const errors: FieldError[] = sealed
    .filter((s) => endpointOf(s.kind, settings) !== s.boundTo)
    .map((s) => ({
      field: `secrets.${s.kind}`,
      detail: `it was found for ${s.boundTo}; enter it for ${endpointOf(s.kind, settings)}`,
    }));
  const pins = new Map<string, DiscoverTaskResult['hostKeys'][number]>();
  confirmed.forEach((c, i) => {
    const key = found.result.hostKeys.find((k) => k.endpoint === c.endpoint && k.fingerprint === c.fingerprint);
    const other = pins.get(c.endpoint);
    if (!key)
      errors.push({ field: `confirmHostKeys.${i}`, detail: `the discovery did not see ${c.fingerprint} at ${c.endpoint}` });
    else if (other && other !== key)
      errors.push({ field: `confirmHostKeys.${i}`, detail: `another key of ${c.endpoint} is confirmed already` });
    else pins.set(c.endpoint, key);
  });
  if (errors.length > 0) throw new InvalidInput(errors);
  await storeSecrets(
    tx,
    id,
    sealed.map((s) => ({ ...s, sealed: Uint8Array.from(Buffer.from(s.sealed, 'base64')) })),
    ctx.now,
  );
  const keys = [...pins.values()];
  await tx.hostKey.createMany({ data: keys.map((k) => ({ deploymentId: id, ...k, confirmedAt: ctx.now, confirmedBy: by })) });
  return { secrets: sealed.map((s) => s.kind), hostKeys: keys.map((k) => k.endpoint) };
}
