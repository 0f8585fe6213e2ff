import type { Pool } from 'pg';
import type { Source } from '@/lib/contract/names';
import type { DeploymentState, NodeState } from '@/lib/rules/health';
import type { SeededClocks } from '../observe/board';
import type { ClockRow, DeploymentRow, EgressRow, IncarnationRow, IngressRow, NodeRow, RoomRow, ServiceRow } from './rows';

/** What the leader before wrote: where a new one goes on, so that nothing jumps. */
export type Kept = {
  nodes: Map<string, NodeRow>;
  services: Map<string, ServiceRow>;
  deployment: DeploymentRow | null;
  rooms: Map<string, RoomRow>;
  egress: Map<string, EgressRow>;
  ingress: Map<string, IngressRow>;
  incarnations: Map<string, IncarnationRow>;
  clocks: ClockRow[];
};

/** Every query returns its rows in the very shape, order of keys included, in which they are written. */
export async function loadKept(pool: Pool, deploymentId: string): Promise<Kept> {
  const all = async <T>(sql: string): Promise<T[]> => (await pool.query(sql, [deploymentId])).rows as T[]; // shaped by the SQL beside it
  const [nodes, services, deployment, rooms, egress, ingress, incarnations, clocks] = await Promise.all([
    all<NodeState & { nodeId: string }>(
      `SELECT node_id AS "nodeId", health, stage, reasons, since, stage_since AS "stageSince", sentence, signals, figures, livekit_node_id AS "livekitNodeId"
       FROM node_state WHERE deployment_id = $1`,
    ),
    all<ServiceRow>(
      `SELECT service, state, image, started_at AS "startedAt", finished_at AS "finishedAt", restart_count AS "restartCount", exit_code AS "exitCode",
         oom_killed AS "oomKilled", since, node_id AS "nodeId" FROM service_state WHERE deployment_id = $1`,
    ),
    all<DeploymentState & { detected: unknown }>(
      'SELECT status, reasons, quorum, since, sentence, detected FROM deployment_state WHERE deployment_id = $1',
    ),
    all<RoomRow & { sid: string }>(
      `SELECT sid, name, node_id AS "nodeId", livekit_node_id AS "livekitNodeId", participants, publishers, recording, started_at AS "startedAt"
       FROM room WHERE deployment_id = $1 AND ended_at IS NULL`,
    ),
    all<EgressRow & { id: string }>(
      `SELECT egress_id AS id, status, type, room_name AS "roomName", room_sid AS "roomSid", node_id AS "nodeId", error, outputs,
         started_at AS "startedAt", ended_at AS "endedAt" FROM egress WHERE deployment_id = $1 AND (ended_at IS NULL OR ended_at > now() - interval '2 days')`,
    ),
    all<IngressRow & { id: string }>(
      `SELECT ingress_id AS id, name, type, status, room_name AS "roomName", participant, error, started_at AS "startedAt", ended_at AS "endedAt"
       FROM ingress WHERE deployment_id = $1`,
    ),
    all<IncarnationRow>(
      `SELECT i.node_id AS "nodeId", i.livekit_node_id AS "livekitNodeId", i.started_at AS "startedAt", i.ended_at AS "endedAt"
       FROM node_incarnation i JOIN node n ON n.id = i.node_id WHERE n.deployment_id = $1 AND i.first_seen_at > now() - interval '30 days'`,
    ),
    all<ClockRow>(
      'SELECT source, read_at AS "readAt", ok_at AS "okAt", error, exceptions FROM source_clock WHERE deployment_id = $1',
    ),
  ]);
  return {
    nodes: keyed(nodes, 'nodeId'),
    services: new Map(services.map((s) => [`${s.nodeId} ${s.service}`, plain(s)])),
    deployment: deployment[0] ? plain(deployment[0]) : null,
    rooms: keyed(rooms, 'sid'),
    egress: keyed(egress, 'id'),
    ingress: keyed(ingress, 'id'),
    incarnations: new Map(incarnations.map((i) => [`${i.nodeId} ${i.livekitNodeId}`, plain(i)])),
    clocks: clocks.map(plain),
  };
}

/** Dates become RFC 3339 text, as rows carry them. */
function plain<T>(row: T): T {
  return JSON.parse(JSON.stringify(row)) as T; // the same shape with dates as text
}

function keyed<K extends string, T extends Record<K, string>>(rows: T[], key: K): Map<string, Omit<T, K>> {
  return new Map(
    rows.map((row) => {
      const { [key]: id, ...rest } = plain(row);
      return [id as string, rest]; // the key column is text or uuid
    }),
  );
}

/** The last good answer of each source, by our clock: a source unread by this leader keeps what it gave until its limit is over. */
export function seedsOf(clocks: ClockRow[], nodes: { id: string; name: string }[]): SeededClocks {
  const ms = (at: string | null | undefined) => (at ? Date.parse(at) : null);
  const of = (source: Source) => clocks.find((c) => c.source === source);
  const shared: SeededClocks['shared'] = {};
  for (const source of ['redis', 'presence', 'sentinel', 'mongo', 'livekit'] as const) {
    const at = ms(of(source)?.okAt);
    if (at !== null) shared[source] = at;
  }
  const stream = new Map<string, number>();
  for (const node of nodes) {
    const clock = of('stream');
    const at = ms(clock && node.name in clock.exceptions ? clock.exceptions[node.name]?.okAt : clock?.okAt);
    if (at !== null) stream.set(node.id, at);
  }
  return { shared, stream, http: ms(of('http')?.okAt) };
}
