import type { Pool, PoolClient } from 'pg';
import { isStale } from '@/lib/rules/freshness';
import type { NodeState, Snapshot } from '@/lib/rules/health';
import { fenced, type Lease } from '../fence';
import { json } from './json';

export const SAMPLE_EVERY_MS = 10_000;
export const RETENTION_DAYS = 2;

/** A wide row a node at the common ten-second mark. What is not known at that time is null: a gap, never zero. */
export async function writeSamples(pool: Pool, lease: Lease, s: Snapshot, nodes: ReadonlyMap<string, NodeState>): Promise<void> {
  const at = new Date(Math.floor(s.now / SAMPLE_EVERY_MS) * SAMPLE_EVERY_MS).toISOString();
  const rows = s.nodes.flatMap((n) => {
    const f = nodes.get(n.id)?.figures;
    if (!f) return [];
    const host = !isStale('stream', n.stream.okAt, s.now);
    const cluster = s.configured.redis && !isStale('redis', s.redis.okAt, s.now);
    if (!host && !cluster) return [];
    const h = host ? f : null;
    const c = cluster ? f : null;
    // Without a stream CPU and load come from the heartbeat.
    const load = h ?? c;
    return [
      {
        node: n.id,
        cpu: load?.cpu,
        load1: load?.load1,
        mem_used: h?.memUsed,
        mem_total: h?.memTotal,
        disk_used: h?.diskUsed,
        disk_total: h?.diskTotal,
        rx_bps: h?.rxBps,
        tx_bps: h?.txBps,
        rooms: c?.rooms,
        participants: c?.participants,
        clients: c?.clients,
        relayed: c?.relayed,
        egress: h?.egress,
        ingress: h?.ingress,
        tracks_in: c?.tracksIn,
        tracks_out: c?.tracksOut,
      },
    ];
  });
  if (rows.length === 0) return;
  await fenced(pool, lease, (tx) => insert(tx, lease.deploymentId, at, rows));
}

function insert(tx: PoolClient, deploymentId: string, at: string, rows: unknown[]) {
  return tx.query(
    `INSERT INTO sample (node_id, at, deployment_id, cpu, load1, mem_used, mem_total, disk_used, disk_total, rx_bps, tx_bps, rooms, participants,
       clients, relayed, egress, ingress, tracks_in, tracks_out)
     SELECT r.node, $2, $1, r.cpu, r.load1, r.mem_used, r.mem_total, r.disk_used, r.disk_total, r.rx_bps, r.tx_bps, r.rooms, r.participants,
       r.clients, r.relayed, r.egress, r.ingress, r.tracks_in, r.tracks_out
     FROM jsonb_to_recordset($3::jsonb) AS r(node uuid, cpu real, load1 real, mem_used bigint, mem_total bigint, disk_used bigint, disk_total bigint,
       rx_bps real, tx_bps real, rooms int, participants int, clients int, relayed int, egress int, ingress int, tracks_in int, tracks_out int)
     JOIN node n ON n.id = r.node
     ON CONFLICT (node_id, at) DO NOTHING`,
    [deploymentId, at, json(rows)],
  );
}

/** Day partitions a day ahead of both sides of midnight; days past the retention go. Any worker may do it, at any time. */
export async function keepPartitions(pool: Pool): Promise<void> {
  await pool.query("SELECT ensure_sample_partition((now() AT TIME ZONE 'UTC')::date + d) FROM generate_series(-1, 2) AS d");
  await pool.query("SELECT drop_sample_partitions_before((now() AT TIME ZONE 'UTC')::date - $1::int)", [RETENTION_DAYS]);
}

/** Deltas serve the stream for minutes only. */
export async function dropOldDeltas(pool: Pool, lease: Lease): Promise<void> {
  await fenced(pool, lease, (tx) =>
    tx.query("DELETE FROM event WHERE deployment_id = $1 AND kind = 'delta' AND at < clock_timestamp() - interval '10 minutes'", [
      lease.deploymentId,
    ]),
  );
}
