import { api } from '@/lib/contract/api';
import type { ServiceStatus } from '@/lib/contract/names';
import { NotFound } from '../errors';
import { readClocks } from '../observe/read-clocks';
import { allow, parse, type Call } from '../verb';
import { deploymentId } from './deployment-views';
import { nodeView, readNodeRows } from './node-views';

export async function listNodes({ ctx, input: raw }: Call) {
  allow(ctx, 'read');
  const { slug } = parse(api.nodes.list, raw);
  const id = await deploymentId(ctx.db, slug);
  const [rows, clocks] = await Promise.all([readNodeRows(ctx.db, id), readClocks(ctx.db, [id])]);
  return { items: rows.map((row) => nodeView(row, clocks.get(id))) };
}

export async function getNode({ ctx, input: raw }: Call) {
  allow(ctx, 'read');
  const { slug, node } = parse(api.nodes.get, raw);
  const id = await deploymentId(ctx.db, slug);
  const [[row], clocks] = await Promise.all([readNodeRows(ctx.db, id, node), readClocks(ctx.db, [id])]);
  if (!row) throw new NotFound(`node ${node} in ${slug}`);
  const [services, incarnations] = await Promise.all([
    ctx.db.serviceState.findMany({ where: { nodeId: row.id }, orderBy: { service: 'asc' } }),
    ctx.db.nodeIncarnation.findMany({ where: { nodeId: row.id }, orderBy: { firstSeenAt: 'desc' }, take: 50 }),
  ]);
  return {
    ...nodeView(row, clocks.get(id)),
    services: services.map((s) => ({
      service: s.service,
      state: s.state as ServiceStatus, // written by the worker from the same enumeration
      image: s.image,
      startedAt: s.startedAt?.toISOString() ?? null,
      finishedAt: s.finishedAt?.toISOString() ?? null,
      restartCount: s.restartCount,
      exitCode: s.exitCode,
      oomKilled: s.oomKilled,
      since: s.since.toISOString(),
    })),
    incarnations: incarnations.map((i) => ({
      livekitNodeId: i.livekitNodeId,
      startedAt: i.startedAt?.toISOString() ?? null,
      firstSeenAt: i.firstSeenAt.toISOString(),
      endedAt: i.endedAt?.toISOString() ?? null,
    })),
  };
}
