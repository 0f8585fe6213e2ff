import { api } from '@/lib/contract/api';
import { Prisma } from '@/lib/db/client';
import { NotFound } from '../errors';
import { allow, parse, writing, type Call } from '../verb';
import { readDeploymentDetail } from './deployment-views';

/** Pins SSH host keys that a person compared; from then on another key on the same endpoint is refused. */
export async function pinHostKeys({ ctx, input: raw }: Call) {
  const actor = allow(ctx, 'admin');
  const { slug, keys } = parse(api.deployments.pinHostKeys, raw);
  return writing(ctx, 'host-key.pin', async (tx, audit, tell) => {
    const row = await tx.deployment.findUnique({ where: { slug }, select: { id: true } });
    if (!row) throw new NotFound(`deployment ${slug}`);
    for (const { endpoint, algorithm, fingerprint } of keys) {
      const data = { algorithm, fingerprint, publicKey: '', confirmedAt: ctx.now, confirmedBy: actor.label };
      await tx.hostKey.upsert({
        where: { deploymentId_endpoint: { deploymentId: row.id, endpoint } },
        create: { deploymentId: row.id, endpoint, ...data },
        update: data,
      });
    }
    await audit({ target: slug, deploymentId: row.id, data: { keys } });
    tell({ deploymentId: row.id, deployment: slug, reload: ['deployment'] });
    return readDeploymentDetail(tx, Prisma.sql`d.id = ${row.id}::uuid`, `deployment ${slug}`);
  });
}
