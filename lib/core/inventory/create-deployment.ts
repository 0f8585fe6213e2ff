import { randomUUID } from 'node:crypto';
import { api } from '@/lib/contract/api';
import { DeploymentSettings } from '@/lib/contract/inventory';
import { Prisma, type Tx } from '@/lib/db/client';
import type { Context } from '../context';
import { InvalidInput, type FieldError } from '../errors';
import { allow, parse, writing, type Call } from '../verb';
import { readDeploymentDetail } from './deployment-views';
import { discovered, takeOver } from './discovered';
import { sealSecrets, storeSecrets } from './secrets';
import { freeSlug } from './slug';

type Input = ReturnType<typeof read>;
const read = (raw: unknown) => parse(api.deployments.create, raw);

/**
 * Takes a deployment into the inventory: its settings, its secrets (sealed here), its masters as master-1 to master-4,
 * declared media nodes, and, after a discovery, what that found and sealed.
 */
export async function createDeployment({ ctx, input: raw }: Call) {
  const actor = allow(ctx, 'admin');
  const input = read(raw);
  const settings = DeploymentSettings.parse(input);
  refuseDoubles(input);
  return writing(ctx, 'deployment.create', async (tx, audit, tell) => {
    // In here, because a repeat by Idempotency-Key finds the discovery taken over, by itself.
    const found = input.discoverTaskId ? await discovered(tx, input.discoverTaskId) : null;
    const id = found?.deploymentId ?? randomUUID();
    const secrets = await sealSecrets(ctx, { deploymentId: id, settings, secrets: input.secrets });
    const slug = await freeSlug(tx, input.name, input.slug);
    await tx.deployment.create({
      data: {
        id,
        slug,
        name: input.name,
        platform: input.platform,
        settings: settings as Prisma.InputJsonObject,
        createdAt: ctx.now,
        updatedAt: ctx.now,
      },
    });
    await declareNodes(tx, ctx, id, input);
    await storeSecrets(tx, id, secrets, ctx.now);
    const taken = found
      ? await takeOver(tx, ctx, {
          id,
          found,
          settings,
          entered: input.secrets,
          confirmed: input.confirmHostKeys,
          by: actor.label,
        })
      : null;
    await audit({
      target: slug,
      deploymentId: id,
      data: {
        name: input.name,
        secrets: secrets.map((s) => s.kind),
        discovered: taken?.secrets ?? [],
        hostKeys: taken?.hostKeys ?? [],
      },
    });
    tell({ deploymentId: id, deployment: slug, reload: ['deployment'] });
    return readDeploymentDetail(tx, Prisma.sql`d.id = ${id}::uuid`, `deployment ${slug}`);
  });
}

function refuseDoubles(input: Input) {
  const errors: FieldError[] = [];
  const addresses = new Map(input.masters.map((a, i) => [a, `master ${i + 1}`]));
  const names = new Set(input.masters.map((_, i) => `master-${i + 1}`));
  input.mediaNodes.forEach((node, i) => {
    const other = addresses.get(node.address);
    if (other) errors.push({ field: `mediaNodes.${i}.address`, detail: `${node.address} is given for ${other} already` });
    addresses.set(node.address, `media node ${i + 1}`);
    if (node.name !== undefined && names.has(node.name))
      errors.push({ field: `mediaNodes.${i}.name`, detail: `${node.name} is given twice` });
    if (node.name !== undefined) names.add(node.name);
  });
  if (errors.length > 0) throw new InvalidInput(errors);
}

async function declareNodes(tx: Tx, ctx: Context, deploymentId: string, input: Input) {
  const names = new Set(input.mediaNodes.flatMap((n) => n.name ?? []));
  let n = 0;
  const freeName = () => {
    do n += 1;
    while (names.has(`media-${n}`));
    return `media-${n}`;
  };
  const common = { deploymentId, declared: true, createdAt: ctx.now };
  await tx.node.createMany({
    data: [
      ...input.masters.map((address, i) => ({ ...common, id: randomUUID(), name: `master-${i + 1}`, role: 'master', address })),
      ...input.mediaNodes.map(({ name, address }) => ({
        ...common,
        id: randomUUID(),
        name: name ?? freeName(),
        role: 'media',
        address,
      })),
    ],
  });
}
