import { proto3, ScalarType as S } from '@bufbuild/protobuf';

/** livekit.Node as written to the Redis hash `nodes` (livekit/protocol protobufs/livekit_internal.proto), without `rates`. */
const of = (T, list) =>
  list.split(' ').map((item) => {
    const [no, name] = item.split(':');
    return { no: Number(no), name, kind: 'scalar', T };
  });

export const NodeStats = proto3.makeMessageType('livekit.NodeStats', () => [
  ...of(S.INT64, '1:started_at 2:updated_at'),
  ...of(S.INT32, '3:num_rooms 4:num_clients 5:num_tracks_in 6:num_tracks_out'),
  ...of(S.UINT64, '7:bytes_in 8:bytes_out 9:packets_in 10:packets_out 34:memory_total 35:memory_used'),
  ...of(S.UINT32, '17:num_cpus'),
  ...of(S.FLOAT, '18:load_avg_last1min 19:load_avg_last5min 20:load_avg_last15min 21:cpu_load'),
]);

export const Node = proto3.makeMessageType('livekit.Node', () => [
  ...of(S.STRING, '1:id 2:ip 7:region'),
  ...of(S.UINT32, '3:num_cpus'),
  ...of(S.INT32, '5:type 6:state'),
  { no: 4, name: 'stats', kind: 'message', T: NodeStats },
]);

export const NodeState = { SERVING: 1, SHUTTING_DOWN: 2 };
