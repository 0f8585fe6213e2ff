import type { Pool } from 'pg';
import { DeploymentSettings, type SecretKind } from '@/lib/contract/inventory';
import type { Platform, Role } from '@/lib/contract/names';
import type { Opener } from '@/lib/db/seal';
import type { Inventory, InventoryNode } from './observe/links';

/** Changes of any part of it change this text: rows, secrets and pinned keys. */
export async function inventoryVersions(pool: Pool, ids: string[]): Promise<Map<string, string>> {
  const { rows } = await pool.query<{ id: string; version: string }>(
    `SELECT d.id, concat_ws('|', d.rev,
       (SELECT concat_ws(':', count(*), sum(rev), sum(CASE WHEN desired = 'stopped' THEN 1 ELSE 0 END), count(forgotten_at), sum(CASE WHEN declared THEN 1 ELSE 0 END)) FROM node WHERE deployment_id = d.id),
       (SELECT concat_ws(':', count(*), max(updated_at)) FROM secret WHERE deployment_id = d.id),
       (SELECT concat_ws(':', count(*), max(confirmed_at)) FROM host_key WHERE deployment_id = d.id)) AS version
     FROM deployment d WHERE d.id = ANY($1::uuid[])`,
    [ids],
  );
  return new Map(rows.map((r) => [r.id, r.version]));
}

type NodeRow = {
  id: string;
  name: string;
  role: Role;
  address: string;
  desired: 'serving' | 'stopped';
  declared: boolean;
  rev: number;
  forgotten_at: Date | null;
  discovered_at: Date | null;
};

/** @returns null when the deployment is gone. Secrets that cannot be opened are named, not thrown: the other links go on. */
export async function loadInventory(pool: Pool, opener: Opener | null, id: string): Promise<Inventory | null> {
  const [deployment, nodes, secrets, keys] = await Promise.all([
    pool.query<{ slug: string; name: string; platform: Platform; rev: number; settings: unknown }>(
      'SELECT slug, name, platform, rev, settings FROM deployment WHERE id = $1',
      [id],
    ),
    pool.query<NodeRow>(
      'SELECT id, name, role, address, desired, declared, rev, forgotten_at, discovered_at FROM node WHERE deployment_id = $1 ORDER BY created_at, name',
      [id],
    ),
    pool.query<{ kind: SecretKind; bound_to: string; sealed: Buffer }>(
      'SELECT kind, bound_to, sealed FROM secret WHERE deployment_id = $1',
      [id],
    ),
    pool.query<Inventory['hostKeys'][number]>('SELECT endpoint, algorithm, fingerprint FROM host_key WHERE deployment_id = $1', [
      id,
    ]),
  ]);
  const row = deployment.rows[0];
  if (!row) return null;
  return {
    id,
    slug: row.slug,
    name: row.name,
    platform: row.platform,
    rev: row.rev,
    settings: DeploymentSettings.parse(row.settings),
    nodes: nodes.rows.filter((n) => n.forgotten_at === null).map(inventoryNode),
    forgotten: nodes.rows.filter((n) => n.forgotten_at !== null).map(inventoryNode),
    nodeRevs: new Map(nodes.rows.map((n) => [n.id, n.rev])),
    hostKeys: keys.rows,
    ...(await opened(opener, id, secrets.rows)),
  };
}

function inventoryNode(n: NodeRow): InventoryNode {
  const { id, name, role, address, desired, declared } = n;
  return { id, name, role, address, desired, declared, discoveredAt: n.discovered_at?.getTime() ?? null };
}

async function opened(
  opener: Opener | null,
  deploymentId: string,
  rows: { kind: SecretKind; bound_to: string; sealed: Buffer }[],
): Promise<Pick<Inventory, 'secrets' | 'unopened'>> {
  const secrets: Inventory['secrets'] = {};
  const unopened: Inventory['unopened'] = {};
  for (const { kind, bound_to: boundTo, sealed } of rows) {
    if (!opener) {
      unopened[kind] = 'the worker has no sealing key';
      continue;
    }
    try {
      secrets[kind] = await opener.open(sealed, { deploymentId, kind, boundTo });
    } catch (error) {
      unopened[kind] = error instanceof Error ? error.message : 'it cannot be opened';
    }
  }
  return { secrets, unopened };
}
