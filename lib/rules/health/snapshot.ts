import type { NodeFigures, QuorumMatrix, Reason, ServiceView, SignalView } from '@/lib/contract/health';
import type { DeploymentStatus, Health, Platform, Role, Source, Stage } from '@/lib/contract/names';
import type { z } from 'zod';
import type { Placement } from '../placement';
import type {
  ContainerEvent,
  HostReading,
  HttpReading,
  LivekitNodeRecord,
  LivekitReading,
  MongoReading,
  PresenceReading,
  RedisReading,
  SentinelReading,
  Timed,
} from '../readings';

/** Everything known of a deployment at one moment: what health is derived from. All times are ms of the worker's clock. */
export type Snapshot = {
  now: number;
  /** When this leader began to look: a source unread since then says nothing until its limit is over. */
  watchingSince: number;
  timeZone: string;
  platform: Platform;
  minMediaNodes: number;
  /** false: no link of this kind was given. */
  configured: Record<Source, boolean>;
  redis: Timed<RedisReading>;
  presence: Timed<PresenceReading>;
  sentinel: Timed<SentinelReading>;
  mongo: Timed<MongoReading>;
  livekit: Timed<LivekitReading>;
  /** Redis was away or changed its master: heartbeats and presence are not held against nodes before this time. */
  redisGraceUntil: number;
  /** Since when reads of Redis fail; null: the last one was good. */
  redisFailingSince: number | null;
  placement: Placement | null;
  nodes: NodeSnapshot[];
};

export type Probe = HttpReading['probe'];
/** `value` is the last answer, good or bad; `since`: when its outcome last changed. */
export type ProbeState = Timed<HttpReading> & { since: number };

export type NodeSnapshot = {
  id: string;
  name: string;
  role: Role;
  address: string;
  desired: 'serving' | 'stopped';
  declared: boolean;
  stream: Timed<HostReading>;
  /** Newest event of each container that is newer than the last tick; `at` is when it arrived here. */
  events: ContainerEvent[];
  http: Partial<Record<Probe, ProbeState>>;
  /** The entry of `nodes` for the process now on this address. */
  record: LivekitNodeRecord | null;
  /** When `record.updatedAt` was last seen to move. */
  beatSeenAt: number | null;
  /** Its age by the clock of Redis at that moment: far from zero, the node's clock is off. */
  beatAgeMs: number | null;
  /** Last LiveKit id seen here, also after its entry went. */
  livekitNodeId: string | null;
  /** Its subscription on the Redis master; null: not known. `since`: when that last changed. */
  present: { value: boolean; since: number; at: number } | null;
  previous: NodeState | null;
};

/** Of a node, as it is kept: `since` belongs to the health, `stageSince` to the stage. Times are RFC 3339. */
export type NodeState = {
  health: Health;
  stage: Stage;
  sentence: string;
  since: string;
  stageSince: string;
  reasons: Reason[];
  signals: SignalView[];
  figures: Figures;
  livekitNodeId: string | null;
};
export type Figures = z.infer<typeof NodeFigures>;
export type Signal = z.infer<typeof SignalView>;
export type Service = z.infer<typeof ServiceView>;

export type DeploymentState = {
  status: DeploymentStatus;
  sentence: string;
  since: string;
  reasons: Reason[];
  quorum: QuorumMatrix;
};

/** A reason before its `since` is settled: null means "since it was first seen". */
export type Finding = Omit<Reason, 'since'> & { since: number | null };

export function finding(
  code: string,
  severity: Reason['severity'],
  sentence: string,
  more: { source?: Source; service?: string; since?: number | null } = {},
): Finding {
  return { code, severity, sentence, source: more.source ?? null, service: more.service ?? null, since: more.since ?? null };
}
