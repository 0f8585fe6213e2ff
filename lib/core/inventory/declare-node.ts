import { randomUUID } from 'node:crypto';
import { api } from '@/lib/contract/api';
import type { Tx } from '@/lib/db/client';
import { Conflict, NotFound } from '../errors';
import { readClocks } from '../observe/read-clocks';
import { allow, parse, writing, type Call } from '../verb';
import { nodeView, readNodeRows } from './node-views';

/** Says that a media node belongs here. One that was found at the address already becomes declared and keeps its history. */
export async function declareNode({ ctx, input: raw }: Call) {
  allow(ctx, 'operate');
  const { slug, name: wished, address } = parse(api.nodes.declare, raw);
  return writing(ctx, 'node.declare', async (tx, audit, tell) => {
    const deployment = await tx.deployment.findUnique({ where: { slug }, select: { id: true } });
    if (!deployment) throw new NotFound(`deployment ${slug}`);
    const deploymentId = deployment.id;
    const nodes = await tx.node.findMany({ where: { deploymentId } });
    const there = nodes.find((n) => n.address === address);
    if (there && there.declared && !there.forgottenAt) {
      throw new Conflict(`${address} is ${there.name} already.`, [{ field: 'address', detail: `it is ${there.name} already` }]);
    }
    const holder = nodes.find((n) => n.name === wished && n.id !== there?.id);
    if (holder && !holder.forgottenAt) {
      throw new Conflict(`The name ${wished} is taken by ${holder.address}.`, [
        { field: 'name', detail: 'taken; choose another' },
      ]);
    }
    // A forgotten node gives its name up; what was observed of it goes with it.
    if (holder) await tx.node.delete({ where: { id: holder.id } });
    const name = wished ?? there?.name ?? freeName(nodes.map((n) => n.name));
    await save(tx, { id: there?.id, deploymentId, name, address, now: ctx.now });
    await audit({ target: `${slug}/${name}`, deploymentId, data: { address } });
    tell({ deploymentId, deployment: slug, reload: ['deployment', 'nodes'] });
    const [row] = await readNodeRows(tx, deploymentId, name);
    if (!row) throw new NotFound(`node ${name} in ${slug}`);
    return nodeView(row, (await readClocks(tx, [deploymentId])).get(deploymentId));
  });
}

async function save(tx: Tx, node: { id: string | undefined; deploymentId: string; name: string; address: string; now: Date }) {
  const { id, deploymentId, name, address, now } = node;
  const data = { name, declared: true, forgottenAt: null };
  if (id) await tx.node.update({ where: { id }, data: { ...data, rev: { increment: 1 } } });
  else await tx.node.create({ data: { ...data, id: randomUUID(), deploymentId, role: 'media', address, createdAt: now } });
}

function freeName(taken: string[]): string {
  let n = 1;
  while (taken.includes(`media-${n}`)) n += 1;
  return `media-${n}`;
}
