import { api } from '@/lib/contract/api';
import { isFound } from '@/lib/rules/drift';
import { ANY_SOURCE } from '@/lib/rules/sources';
import { Conflict, NotFound } from '../errors';
import { readClocks } from '../observe/read-clocks';
import { allow, parse, writing, type Call } from '../verb';

/** Forgets a media node that vanished. One that is found now would come back at once, so it is refused. */
export async function forgetNode({ ctx, input: raw }: Call): Promise<{ forgotten: string }> {
  allow(ctx, 'operate');
  const { slug, node: name } = parse(api.nodes.forget, raw);
  return writing(ctx, 'node.forget', async (tx, audit, tell) => {
    const node = await tx.node.findFirst({ where: { deployment: { slug }, name, forgottenAt: null } });
    if (!node) throw new NotFound(`node ${name} in ${slug}`);
    if (node.role === 'master') throw new Conflict('A master is not forgotten: change the four addresses of the deployment.');
    const asOf = (await readClocks(tx, [node.deploymentId])).get(node.deploymentId)?.of(ANY_SOURCE).asOf ?? null;
    if (isFound(node.discoveredAt?.getTime() ?? null, asOf === null ? null : Date.parse(asOf))) {
      throw new Conflict(`${name} is found now; it can be forgotten when it is gone.`);
    }
    await tx.node.update({ where: { id: node.id }, data: { forgottenAt: ctx.now, declared: false, rev: { increment: 1 } } });
    await audit({ target: `${slug}/${name}`, deploymentId: node.deploymentId, data: { address: node.address } });
    tell({ deploymentId: node.deploymentId, deployment: slug, reload: ['deployment', 'nodes'] });
    return { forgotten: name };
  });
}
