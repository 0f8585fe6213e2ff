import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { HEARTBEAT_LIMIT_MS } from '@/lib/rules/freshness';
import type { RedisReading } from '@/lib/rules/readings';
import { fenced, type Lease } from '../fence';
import { json } from '../write/json';
import type { Inventory } from './links';

/** Named again at most this often. */
const NAMED_EVERY_MS = 60_000;

export type Found = {
  insert: { id: string; name: string; role: 'master' | 'media'; address: string }[];
  named: string[];
  back: string[];
};

/**
 * What the readings name against what the inventory holds: masters of the settings, media nodes by the address in Redis. Only a
 * living heartbeat makes a node: entries of dead processes stay in Redis for weeks. One row an address, whoever declared it.
 */
export function discover(inventory: Inventory, reading: RedisReading | null, now: number): Found {
  const known = new Map([...inventory.nodes, ...inventory.forgotten].map((n) => [n.address, n]));
  const names = new Set([...known.values()].map((n) => n.name));
  const found: Found = { insert: [], named: [], back: [] };
  inventory.settings.masters.forEach((address, i) => {
    if (!known.has(address))
      found.insert.push({ id: randomUUID(), name: free(names, `master-${i + 1}`), role: 'master', address });
  });
  const living = (reading?.nodes ?? []).filter(
    (r) => r.updatedAt !== null && reading !== null && reading.time - r.updatedAt <= HEARTBEAT_LIMIT_MS,
  );
  for (const address of new Set(living.map((r) => r.ip).filter((ip) => ip !== ''))) {
    const node = known.get(address);
    if (!node)
      found.insert.push({ id: randomUUID(), name: free(names, `media-${address.replaceAll(':', '-')}`), role: 'media', address });
    else if (inventory.forgotten.includes(node)) found.back.push(node.id);
    else if (node.discoveredAt === null || now - node.discoveredAt >= NAMED_EVERY_MS) found.named.push(node.id);
  }
  return found;
}

function free(names: Set<string>, wanted: string): string {
  let name = wanted;
  for (let i = 2; names.has(name); i++) name = `${wanted}-${i}`;
  names.add(name);
  return name;
}

export function isEmpty(found: Found): boolean {
  return found.insert.length + found.named.length + found.back.length === 0;
}

export async function writeFound(pool: Pool, lease: Lease, found: Found, now: number): Promise<void> {
  await fenced(pool, lease, async (tx) => {
    const at = new Date(now).toISOString();
    if (found.insert.length > 0) {
      await tx.query(
        `INSERT INTO node (id, deployment_id, name, role, address, declared, discovered_at)
         SELECT r.id, $1, r.name, r.role, r.address, r.role = 'master', CASE WHEN r.role = 'media' THEN $2::timestamptz END
         FROM jsonb_to_recordset($3::jsonb) AS r(id uuid, name text, role text, address text) ON CONFLICT DO NOTHING`,
        [lease.deploymentId, at, json(found.insert)],
      );
    }
    const seen = [...found.named, ...found.back];
    if (seen.length > 0)
      await tx.query(
        'UPDATE node SET discovered_at = $2, forgotten_at = NULL WHERE deployment_id = $1 AND id = ANY($3::uuid[])',
        [lease.deploymentId, at, seen],
      );
    const news = found.insert.filter((n) => n.role === 'media');
    if (news.length === 0) return;
    const events = news.map((n) => ({
      at,
      deployment_id: lease.deploymentId,
      kind: 'node.discovered',
      severity: 'info',
      node: n.name,
      sentence: `${n.name} was found in the cluster.`,
      data: { address: n.address },
    }));
    await tx.query('SELECT append_event($1::jsonb)', [json(events)]);
  });
}
