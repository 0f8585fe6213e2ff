import type { Client } from 'pg';
import type { SeedNode } from './nodes';

const ROOM_NAMES = [
  'Consultation 4711',
  'all-hands',
  'Support: Müller & Sons',
  'class-7b-maths',
  "O'Hara <script>alert(1)</script>",
  'board',
  'interview-1932',
  'telemed-0815',
  'standup-rtc',
  'Aula Magna',
  'court-room-2',
  'webinar-november',
  'dispatch',
  'night-shift',
];

/** Rooms on their nodes, two recordings, an ingress, starts of LiveKit, and three hours of samples with a gap. */
export async function seedWork(db: Client, deploymentId: string, ids: Map<string, string>, nodes: SeedNode[]) {
  const hosts = nodes.flatMap((node) => Array.from({ length: node.rooms }, () => node));
  for (const [i, node] of hosts.entries()) {
    const sid = `RM_seed${String(i).padStart(4, '0')}xY`;
    const livekitId = `ND_${node.name.replace('-', '')}aB3`;
    const people = [42, 61, 8, 28, 3, 6, 2, 2, 11, 17, 4, 21, 5, 3][i] ?? 2;
    await db.query(
      `INSERT INTO room (deployment_id, sid, name, node_id, livekit_node_id, participants, publishers, recording, started_at, updated_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now() - make_interval(mins => $9), now())`,
      [deploymentId, sid, ROOM_NAMES[i] ?? sid, ids.get(node.name), livekitId, people, Math.ceil(people / 3), i < 2, 11 + i * 9],
    );
    await db.query(
      `INSERT INTO room_placement (deployment_id, room_sid, node_id, livekit_node_id, from_at) VALUES ($1, $2, $3, $4, now() - make_interval(mins => $5))`,
      [deploymentId, sid, ids.get(node.name), livekitId, Math.min(7, 11 + i * 9)],
    );
    if (i < 2) {
      await db.query(
        `INSERT INTO egress (deployment_id, egress_id, status, type, room_name, room_sid, node_id, outputs, started_at, updated_at)
         VALUES ($1, $2, 'ACTIVE', 'room_composite', $3, $4, $5, $6, now() - interval '9 min', now())`,
        [
          deploymentId,
          `EG_seed${i}`,
          ROOM_NAMES[i],
          sid,
          ids.get(node.name),
          JSON.stringify([{ kind: 'file', target: `recordings/${sid}.mp4`, bytes: null, status: 'ACTIVE' }]),
        ],
      );
    }
  }
  await db.query(
    `INSERT INTO ingress (deployment_id, ingress_id, name, type, status, room_name, participant, started_at, updated_at)
     VALUES ($1, 'IN_seed0', 'Camera of the hall', 'RTMP', 'PUBLISHING', 'all-hands', 'camera', now() - interval '40 min', now())`,
    [deploymentId],
  );
  for (const node of nodes.filter((n) => n.role === 'media')) {
    await db.query(
      `INSERT INTO node_incarnation (node_id, livekit_node_id, started_at, first_seen_at, ended_at) VALUES
       ($1, $2, now() - interval '9 days', now() - interval '9 days', now() - interval '4 days'),
       ($1, $3, now() - interval '4 days', now() - interval '4 days', $4)`,
      [
        ids.get(node.name),
        `ND_${node.name.replace('-', '')}Zz1`,
        `ND_${node.name.replace('-', '')}aB3`,
        node.health === 'down' ? new Date(Date.now() - 420_000) : null,
      ],
    );
  }
  await samples(db, deploymentId, ids, nodes);
}

async function samples(db: Client, deploymentId: string, ids: Map<string, string>, nodes: SeedNode[]) {
  await db.query(
    'SELECT ensure_sample_partition(current_date), ensure_sample_partition(current_date - 1), ensure_sample_partition(current_date + 1)',
  );
  for (const node of nodes) {
    if (node.cpu === null) continue;
    await db.query(
      `INSERT INTO sample (node_id, at, deployment_id, cpu, load1, mem_used, mem_total, disk_used, disk_total, rx_bps, tx_bps, rooms, participants)
       SELECT $1, t, $2, greatest(0.01, $3 * (1 + 0.35 * sin(extract(epoch FROM t) / 300) + 0.12 * sin(extract(epoch FROM t) / 37))),
         $3 * 8, (5 + 2 * sin(extract(epoch FROM t) / 900)) * 1073741824, 17179869184, 41e9::bigint + (extract(epoch FROM t - now()) * 90000)::bigint, 107374182400,
         $3 * 3e7 * (1 + 0.4 * sin(extract(epoch FROM t) / 210)), $3 * 9e7 * (1 + 0.4 * sin(extract(epoch FROM t) / 240)),
         CASE WHEN $4 THEN ($5 * (1 + 0.2 * sin(extract(epoch FROM t) / 600)))::int END, CASE WHEN $4 THEN ($5 * 14 * (1 + 0.3 * sin(extract(epoch FROM t) / 500)))::int END
       FROM generate_series(now() - interval '3 hours', now(), interval '10 s') AS t
       WHERE t NOT BETWEEN now() - interval '32 min' AND now() - interval '26 min'`,
      [ids.get(node.name), deploymentId, node.cpu, node.role === 'media', node.rooms],
    );
  }
}
