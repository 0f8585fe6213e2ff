import { api } from '@/lib/contract/api';
import { Prisma } from '@/lib/db/client';
import { page, readCursor } from '../cursor';
import { readClocks } from '../observe/read-clocks';
import { allow, parse, type Call } from '../verb';
import { deploymentView, readDeploymentDetail, readDeploymentRows } from './deployment-views';

/** By name; the order by trouble is the reader's. */
export async function listDeployments({ ctx, input: raw }: Call) {
  allow(ctx, 'read');
  const input = parse(api.deployments.list, raw);
  const after = readCursor(input.cursor, ['text', 'text']);
  const rows = await readDeploymentRows(
    ctx.db,
    after ? Prisma.sql`(d.name, d.slug) > (${after[0]}, ${after[1]})` : Prisma.sql`true`,
    Prisma.sql`ORDER BY d.name, d.slug LIMIT ${input.limit + 1}`,
  );
  const clocks = await readClocks(
    ctx.db,
    rows.map((r) => r.id),
  );
  return page(
    rows,
    input.limit,
    (r) => [r.name, r.slug],
    (r) => deploymentView(r, clocks.get(r.id)),
  );
}

export async function getDeployment({ ctx, input: raw }: Call) {
  allow(ctx, 'read');
  const { slug } = parse(api.deployments.get, raw);
  return readDeploymentDetail(ctx.db, Prisma.sql`d.slug = ${slug}`, `deployment ${slug}`);
}
