import { isStale } from '@/lib/rules/freshness';
import type { NodeSnapshot, Snapshot } from '@/lib/rules/health';
import type { RoomRecord } from '@/lib/rules/readings';
import { countable, indexable, iso } from './json';
import type { EgressRow, IngressRow, RoomRow } from './rows';

/** Rooms by SID with the node that `room_node_map` names. Without Redis the API's list, whose rooms are on no known node. */
export function roomRows(s: Snapshot, before: ReadonlyMap<string, RoomRow>): Map<string, RoomRow> | null {
  const redis = s.redis.value;
  // One bad row would fail the writes of the whole deployment: what no column takes is made to fit here.
  const entry = (r: RoomRecord, nodeId: string | null, livekitNodeId: string | null): [string, RoomRow] => {
    const sid = indexable(r.sid);
    const startedAt = iso(r.createdAt) ?? before.get(sid)?.startedAt ?? new Date(s.now).toISOString();
    return [sid, row(r, nodeId, livekitNodeId, startedAt)];
  };
  if (!redis)
    return s.configured.redis || !s.livekit.value ? null : new Map(s.livekit.value.rooms.map((r) => entry(r, null, null)));
  const byLivekitId = new Map<string, string>();
  // Entries of dead processes count as well: a ghost room still belongs to the machine it was on.
  const byAddress = new Map(s.nodes.filter((n) => n.role !== 'master').map((n) => [n.address, n.id]));
  for (const record of redis.nodes) {
    const id = byAddress.get(record.ip);
    if (id) byLivekitId.set(record.id, id);
  }
  for (const node of s.nodes) if (node.livekitNodeId !== null) byLivekitId.set(node.livekitNodeId, node.id);
  return new Map(
    redis.rooms
      .filter((r) => r.sid !== '')
      .map((r) => {
        const livekitId = redis.roomNodeMap.get(r.name) ?? null;
        return entry(r, livekitId === null ? null : (byLivekitId.get(livekitId) ?? null), livekitId);
      }),
  );
}

function row(r: RoomRecord, nodeId: string | null, livekitNodeId: string | null, startedAt: string): RoomRow {
  const [participants, publishers] = [countable(r.participants), countable(r.publishers)];
  return { name: indexable(r.name), nodeId, livekitNodeId, participants, publishers, recording: r.recording, startedAt };
}

/** Egress by id, with the node whose worker lists it: EgressInfo itself names none. */
export function egressRows(s: Snapshot, before: ReadonlyMap<string, EgressRow>): Map<string, EgressRow> | null {
  if (!s.livekit.value) return null;
  const nodes = new Map(s.nodes.map((n) => [n.id, n]));
  const holder = new Map(s.nodes.flatMap((n) => (reports(n, s.now) ?? []).map((id) => [id, n.id] as const)));
  return new Map(
    s.livekit.value.egress.map((e) => {
      const old = before.get(e.egressId);
      const endedAt = iso(e.endedAt) ?? (ENDED.has(e.status) ? (old?.endedAt ?? new Date(s.now).toISOString()) : null);
      const { status, type, roomName, roomSid, error, outputs } = e;
      return [
        indexable(e.egressId),
        {
          status,
          type,
          roomName,
          roomSid,
          error,
          outputs,
          startedAt: iso(e.startedAt),
          endedAt,
          nodeId: holder.get(e.egressId) ?? kept(old?.nodeId ?? null, endedAt, nodes, s.now),
        },
      ];
    }),
  );
}

const ENDED: ReadonlySet<string> = new Set(['COMPLETE', 'FAILED', 'ABORTED', 'LIMIT_REACHED']);

/** An ended egress keeps its node; an active one loses it when that node's worker answers and no longer lists it. */
function kept(
  nodeId: string | null,
  endedAt: string | null,
  nodes: ReadonlyMap<string, NodeSnapshot>,
  now: number,
): string | null {
  if (nodeId === null || endedAt !== null) return nodeId;
  const node = nodes.get(nodeId);
  return node && reports(node, now) === null ? nodeId : null;
}

/** null: its egress worker has not been heard. */
function reports(node: NodeSnapshot, now: number): string[] | null {
  return isStale('stream', node.stream.okAt, now) ? null : (node.stream.value?.egressIds ?? null);
}

export function ingressRows(s: Snapshot): Map<string, IngressRow> | null {
  if (!s.livekit.value) return null;
  return new Map(
    s.livekit.value.ingress.map(({ ingressId, startedAt, endedAt, ...i }) => [
      indexable(ingressId),
      {
        name: i.name,
        type: i.type,
        status: i.status,
        roomName: i.roomName,
        participant: i.participant,
        error: i.error,
        startedAt: iso(startedAt),
        endedAt: iso(endedAt),
      },
    ]),
  );
}
