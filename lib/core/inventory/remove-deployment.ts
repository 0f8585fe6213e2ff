import { api } from '@/lib/contract/api';
import { InvalidInput, NotFound } from '../errors';
import { allow, parse, writing, type Call } from '../verb';

/** Forgets a deployment with its secrets and history here; its nodes go on. `confirm` is its name, typed. */
export async function removeDeployment({ ctx, input: raw }: Call): Promise<{ removed: string }> {
  allow(ctx, 'admin');
  const { slug, confirm } = parse(api.deployments.remove, raw);
  return writing(ctx, 'deployment.remove', async (tx, audit, tell) => {
    const row = await tx.deployment.findUnique({ where: { slug } });
    if (!row) throw new NotFound(`deployment ${slug}`);
    if (confirm !== row.name)
      throw new InvalidInput([{ field: 'confirm', detail: `type the name of the deployment: ${row.name}` }]);
    await tx.deployment.delete({ where: { id: row.id } });
    await audit({ target: slug, deploymentId: row.id, data: { name: row.name } });
    tell({ deploymentId: row.id, deployment: slug, reload: ['deployment'] });
    return { removed: slug };
  });
}
