import { proto3, ScalarType as S } from '@bufbuild/protobuf';
import { Room } from '@livekit/protocol';
import type { LivekitNodeRecord, LivekitState, RoomRecord } from '@/lib/rules/readings';

// livekit.Node, NodeStats and NodeStatsRate (pr:protobufs/livekit_internal.proto): @livekit/protocol carries them but
// does not export them, so the fields are named here by number.
const fields = (T: S, list: string) =>
  list
    .trim()
    .split(/\s+/)
    .map((entry) => {
      const [no, name] = entry.split(':');
      return { no: Number(no), name: name ?? '', kind: 'scalar' as const, T };
    });

const NodeStatsRate = proto3.makeMessageType('livekit.NodeStatsRate', () => [
  ...fields(S.INT64, '1:started_at 2:ended_at 3:duration'),
  ...fields(
    S.FLOAT,
    `4:track_publish_attempts 5:track_publish_success 6:track_subscribe_attempts 7:track_subscribe_success 8:bytes_in 9:bytes_out
     10:packets_in 11:packets_out 12:nack_total 13:sys_packets_out 14:sys_packets_dropped 15:retransmit_bytes_out
     16:retransmit_packets_out 17:participant_signal_connected 18:participant_rtc_connected 19:participant_rtc_init 20:cpu_load
     21:memory_load 22:memory_used 23:memory_total 24:track_publish_cancels 25:track_subscribe_cancels 26:participant_rtc_canceled
     27:participant_rtc_active 28:participant_signal_failed 29:participant_signal_validation_failed`,
  ),
]);
const NodeStats = proto3.makeMessageType('livekit.NodeStats', () => [
  ...fields(S.INT64, '1:started_at 2:updated_at'),
  ...fields(
    S.INT32,
    `3:num_rooms 4:num_clients 5:num_tracks_in 6:num_tracks_out 36:num_track_publish_attempts 38:num_track_publish_success
     40:num_track_subscribe_attempts 42:num_track_subscribe_success 51:num_track_publish_cancels 52:num_track_subscribe_cancels`,
  ),
  ...fields(
    S.UINT64,
    `7:bytes_in 8:bytes_out 9:packets_in 10:packets_out 11:nack_total 22:retransmit_bytes_out 23:retransmit_packets_out
     26:participant_signal_connected 34:memory_total 35:memory_used 44:participant_rtc_connected 46:participant_rtc_init
     53:participant_rtc_canceled 54:participant_rtc_active`,
  ),
  ...fields(S.UINT32, '17:num_cpus 28:sys_packets_out 29:sys_packets_dropped 48:forward_latency 49:forward_jitter'),
  ...fields(S.FLOAT, '14:packets_in_per_sec 18:load_avg_last1min 19:load_avg_last5min 20:load_avg_last15min 21:cpu_load'),
  { no: 50, name: 'rates', kind: 'message', T: NodeStatsRate, repeated: true },
]);
export const LivekitNode = proto3.makeMessageType('livekit.Node', () => [
  ...fields(S.STRING, '1:id 2:ip 7:region'),
  ...fields(S.UINT32, '3:num_cpus'),
  ...fields(S.INT32, '5:type 6:state'),
  { no: 4, name: 'stats', kind: 'message', T: NodeStats },
]);

const STATES: LivekitState[] = ['STARTING_UP', 'SERVING', 'SHUTTING_DOWN', 'SUSPENDED'];

// A message made by makeMessageType has its fields as untyped properties.
type Untyped = { [field: string]: unknown };
const num = (v: unknown): number => (typeof v === 'number' || typeof v === 'bigint' ? Number(v) : 0);
const seconds = (v: unknown): number | null => (num(v) > 0 ? num(v) * 1000 : null);

/** One value of the `nodes` hash. @throws Error when it is no livekit.Node */
export function decodeNode(value: Uint8Array): LivekitNodeRecord {
  const node = LivekitNode.fromBinary(value) as unknown as Untyped;
  const stats = (node.stats ?? {}) as Untyped;
  const rates = (stats.rates ?? []) as Untyped[];
  const rate = rates.at(-1);
  return {
    id: String(node.id),
    ip: String(node.ip),
    state: STATES[num(node.state)] ?? 'SUSPENDED',
    startedAt: seconds(stats.startedAt),
    updatedAt: seconds(stats.updatedAt),
    numCpus: num(node.numCpus) || num(stats.numCpus),
    cpuLoad: num(stats.cpuLoad),
    load1: num(stats.loadAvgLast1min),
    memoryTotal: num(stats.memoryTotal),
    memoryUsed: num(stats.memoryUsed),
    numRooms: num(stats.numRooms),
    numClients: num(stats.numClients),
    tracksIn: num(stats.numTracksIn),
    tracksOut: num(stats.numTracksOut),
    bytesInPerSec: rate ? num(rate.bytesIn) : null,
    bytesOutPerSec: rate ? num(rate.bytesOut) : null,
    participantJoined: num(stats.participantRtcConnected),
  };
}

/** One value of the `rooms` hash; what is secret in it (turn_password, metadata) is left behind. */
export function decodeRoom(value: Uint8Array): RoomRecord {
  return roomRecord(Room.fromBinary(value));
}

export function roomRecord(room: Room): RoomRecord {
  return {
    sid: room.sid,
    name: room.name,
    participants: room.numParticipants,
    publishers: room.numPublishers,
    recording: room.activeRecording,
    createdAt: Number(room.creationTimeMs) || Number(room.creationTime) * 1000,
  };
}
