import type { Severity, Source } from '@/lib/contract/names';
import type { DeploymentState, NodeState, Service } from '@/lib/rules/health';

/** Rows as the worker keeps them; times RFC 3339, absent values null. */
export type NodeRow = NodeState;
export type ServiceRow = Service & { nodeId: string };
export type DeploymentRow = DeploymentState & { detected: unknown };
export type RoomRow = {
  name: string;
  nodeId: string | null;
  livekitNodeId: string | null;
  participants: number;
  publishers: number;
  recording: boolean;
  startedAt: string;
};
export type EgressRow = {
  status: string;
  type: string;
  roomName: string | null;
  roomSid: string | null;
  nodeId: string | null;
  error: string | null;
  outputs: unknown[];
  startedAt: string | null;
  endedAt: string | null;
};
export type IngressRow = {
  name: string;
  type: string;
  status: string;
  roomName: string | null;
  participant: string | null;
  error: string | null;
  startedAt: string | null;
  endedAt: string | null;
};
export type IncarnationRow = { nodeId: string; livekitNodeId: string; startedAt: string | null; endedAt: string | null };
export type ClockRow = {
  source: Source;
  readAt: string | null;
  okAt: string | null;
  error: string | null;
  exceptions: Record<string, { okAt: string | null; error: string | null }>;
};
export type EventRow = {
  at: string;
  kind: string;
  severity: Severity;
  node: string | null;
  room: string | null;
  sentence: string;
  data: Record<string, unknown>;
};
