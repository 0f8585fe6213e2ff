import { api } from '@/lib/contract/api';
import { DeploymentSettings } from '@/lib/contract/inventory';
import { Prisma, type Tx } from '@/lib/db/client';
import { InvalidInput, NotFound, VersionConflict } from '../errors';
import { allow, matchRev, parse, writing, type Call } from '../verb';
import type { Context } from '../context';
import { readDeploymentDetail } from './deployment-views';
import { lostEndpoints, sealSecrets, storeSecrets } from './secrets';

/**
 * Changes what is present, based on the rev of If-Match. A changed endpoint needs its secret again: a stored one is good
 * only for the address it was given for.
 */
export async function updateDeployment({ ctx, input: raw }: Call) {
  allow(ctx, 'admin');
  const { slug, name, secrets = {}, ...changes } = parse(api.deployments.update, raw);
  return writing(ctx, 'deployment.update', async (tx, audit, tell) => {
    const row = await tx.deployment.findUnique({
      where: { slug },
      include: { secrets: { select: { kind: true, boundTo: true } } },
    });
    if (!row) throw new NotFound(`deployment ${slug}`);
    const rev = matchRev(ctx, row.rev);
    const before = DeploymentSettings.parse(row.settings);
    const present = Object.entries(changes).filter(([, value]) => value !== undefined);
    const settings = DeploymentSettings.parse({ ...before, ...Object.fromEntries(present) });
    const gone = lostEndpoints(row.secrets, settings, secrets);
    const sealed = await sealSecrets(ctx, { deploymentId: row.id, settings, secrets });
    // Conditional: of two changes based on the same rev, one finds it raised.
    const { count } = await tx.deployment.updateMany({
      where: { id: row.id, rev },
      data: { name: name ?? row.name, settings: settings as Prisma.InputJsonObject, rev: { increment: 1 }, updatedAt: ctx.now },
    });
    if (count === 0) throw new VersionConflict(ctx.ifMatch ?? '', rev + 1);
    await tx.secret.deleteMany({ where: { deploymentId: row.id, kind: { in: gone } } });
    await storeSecrets(tx, row.id, sealed, ctx.now);
    await moveMasters(tx, ctx, row.id, before.masters, settings.masters);
    await audit({
      target: slug,
      deploymentId: row.id,
      data: {
        changed: [...(name === undefined ? [] : ['name']), ...present.map(([key]) => key)],
        secrets: sealed.map((s) => s.kind),
        removedSecrets: gone,
      },
    });
    tell({ deploymentId: row.id, deployment: slug, reload: ['deployment', 'nodes'] });
    return readDeploymentDetail(tx, Prisma.sql`d.id = ${row.id}::uuid`, `deployment ${slug}`);
  });
}

/** master-1 to master-4 are places: a replaced machine takes the name of the one before, and nothing observed of that. */
async function moveMasters(tx: Tx, ctx: Context, deploymentId: string, before: string[], after: string[]) {
  if (before.length === after.length && before.every((a, i) => a === after[i])) return;
  const clash = await tx.node.findFirst({
    where: { deploymentId, role: { not: 'master' }, forgottenAt: null, address: { in: after } },
  });
  if (clash)
    throw new InvalidInput([
      { field: `masters.${after.indexOf(clash.address)}`, detail: `${clash.address} is ${clash.name} already` },
    ]);
  const nodes = await tx.node.findMany({ where: { deploymentId, role: 'master' } });
  const kept = new Map(nodes.filter((n) => after.includes(n.address)).map((n) => [n.address, n]));
  await tx.node.deleteMany({
    where: {
      deploymentId,
      OR: [
        { role: 'master', address: { notIn: after } },
        { forgottenAt: { not: null }, address: { in: after } },
      ],
    },
  });
  // Two steps, because names are unique: a machine that changed its place would meet its neighbour's name.
  for (const node of kept.values()) await tx.node.update({ where: { id: node.id }, data: { name: `moving-${node.id}` } });
  for (const [i, address] of after.entries()) {
    const node = kept.get(address);
    const data = { name: `master-${i + 1}`, role: 'master', declared: true, forgottenAt: null };
    if (node) await tx.node.update({ where: { id: node.id }, data: { ...data, rev: { increment: 1 } } });
    else await tx.node.create({ data: { ...data, id: crypto.randomUUID(), deploymentId, address, createdAt: ctx.now } });
  }
}
