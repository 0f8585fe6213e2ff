import type { ServiceStatus } from '@/lib/contract/names';

/**
 * What one read of each source gives, before anything is derived from it. Links fill these, the worker keeps the
 * last good one a source, rules judge them. All times are ms since the epoch; null: not given by the source.
 */

/** livekit.NodeState of the `nodes` hash (pr:protobufs/livekit_internal.proto). */
export type LivekitState = 'STARTING_UP' | 'SERVING' | 'SHUTTING_DOWN' | 'SUSPENDED';

export type LivekitNodeRecord = {
  id: string;
  ip: string;
  state: LivekitState;
  startedAt: number | null;
  /** Heartbeat, 1 s resolution, written every 2 s by the node's own clock. */
  updatedAt: number | null;
  numCpus: number;
  /** 0..1 */
  cpuLoad: number;
  load1: number;
  memoryTotal: number;
  memoryUsed: number;
  numRooms: number;
  numClients: number;
  tracksIn: number;
  tracksOut: number;
  bytesInPerSec: number | null;
  bytesOutPerSec: number | null;
  /** Cumulative, for the join gate. */
  participantJoined: number;
};

export type RoomRecord = {
  sid: string;
  name: string;
  participants: number;
  publishers: number;
  recording: boolean;
  createdAt: number;
};

/** One pass over the Redis master. */
export type RedisReading = {
  /** TIME of Redis: heartbeats are judged by it, not by our clock. */
  time: number;
  /** address:port that answered as master. */
  master: string;
  nodes: LivekitNodeRecord[];
  /** room name → livekit node id */
  roomNodeMap: Map<string, string>;
  rooms: RoomRecord[];
};

/** Pub/sub presence, only ever from the Redis master (a replica answers 0 for everything). */
export type PresenceReading = {
  /** Ids of livekit nodes subscribed to RoomManager|CreateRoom|ND_… */
  nodes: Set<string>;
  /** Subscribers of Room|DeleteRoom|<room>|REQ: 0 is a ghost, more than 1 a split room. */
  roomHosts: Map<string, number>;
  egressTaking: number;
  egressAlive: number;
  ingressTaking: number;
  ingressAlive: number;
};

/** What Sentinel says; peers' votes about masters that are silent to us. */
export type SentinelReading = {
  masterName: string;
  /** address:port, as the majority of the answering sentinels gives it. */
  master: string | null;
  /** One a master address. */
  peers: {
    address: string;
    answered: boolean;
    error: string | null;
    role: 'master' | 'replica' | null;
    sDown: boolean | null;
    votesDown: number;
  }[];
  /** SENTINEL CKQUORUM of an answering sentinel. */
  canElect: boolean | null;
  /** Grows with every failover. */
  configEpoch: number | null;
};

export type MongoReading = {
  members: { address: string; answered: boolean; error: string | null; state: 'primary' | 'secondary' | 'other' | null }[];
  primary: string | null;
  voters: number | null;
};

export type EgressRecord = {
  egressId: string;
  status: 'STARTING' | 'ACTIVE' | 'ENDING' | 'COMPLETE' | 'FAILED' | 'ABORTED' | 'LIMIT_REACHED';
  type: string;
  roomName: string | null;
  roomSid: string | null;
  error: string | null;
  outputs: { kind: string; target: string; bytes: number | null; status: string | null }[];
  startedAt: number | null;
  endedAt: number | null;
};
export type IngressRecord = {
  ingressId: string;
  name: string;
  type: 'RTMP' | 'WHIP' | 'URL' | 'UNKNOWN';
  status: 'INACTIVE' | 'BUFFERING' | 'PUBLISHING' | 'ERROR' | 'COMPLETE';
  roomName: string | null;
  participant: string | null;
  error: string | null;
  startedAt: number | null;
  endedAt: number | null;
};
/** LiveKit API: what the cluster says of itself without Redis. */
export type LivekitReading = { rooms: RoomRecord[]; egress: EgressRecord[]; ingress: IngressRecord[] };

export type ContainerReading = {
  name: string;
  id: string;
  image: string;
  state: ServiceStatus;
  startedAt: number | null;
  finishedAt: number | null;
  restartCount: number;
  exitCode: number | null;
  oomKilled: boolean;
  pid: number | null;
  restartPolicy: string | null;
  stopSignal: string | null;
  agent: boolean;
};

/** One tick of the node stream (remote/stream.sh). */
export type HostReading = {
  /** The node's own clock at the tick. */
  nodeTime: number;
  bootId: string;
  hostname: string;
  bootedAt: number | null;
  /** 0..1 since the last tick; null at the first. */
  cpu: number | null;
  cpus: number;
  load1: number;
  memUsed: number;
  memTotal: number;
  diskUsed: number | null;
  diskTotal: number | null;
  rxBps: number | null;
  txBps: number | null;
  oomKills: number | null;
  containers: ContainerReading[] | null;
  /** Why containers are null: docker missing, no right, engine down. */
  containersError: string | null;
  /** Ids that the local egress worker reports; null: it did not answer. */
  egressIds: string[] | null;
  egressError: string | null;
  ingressAvailable: boolean | null;
  ingressError: string | null;
  /** Established TCP connections by local port (1935, 5349, 7880 …). */
  connections: Record<string, number>;
  /** Last lines of nodes_errors.log on a master; empty is well. */
  nodesErrors: string[];
  /** sha256 by path below the config folder. */
  configHashes: Record<string, string>;
  /** ms of CPU that the script itself used since it began. */
  scriptCpuMs: number | null;
};

/** From `docker events`: arrives at once, between ticks. */
export type ContainerEvent = {
  at: number;
  name: string;
  action: 'start' | 'die' | 'kill' | 'oom' | 'stop' | 'restart' | 'pause' | 'unpause' | 'destroy';
  exitCode: number | null;
  signal: string | null;
};

/** One HTTP probe; refused is told from silent: a refused port speaks for the service being gone. */
export type HttpReading = {
  probe: 'caddy' | 'livekit' | 'minio' | 'mimir' | 'loki' | 'grafana' | 'dashboard';
  ok: boolean;
  status: number | null;
  outcome: 'answered' | 'refused' | 'timeout' | 'unreachable';
  detail: string;
  ms: number;
};

/** A reading with its own clock: `okAt` of the last good one, `error` of the newest failure after it. */
export type Timed<T> = { value: T | null; okAt: number | null; readAt: number | null; error: string | null };
