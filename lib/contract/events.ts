import { z } from 'zod';
import { SourceClockView } from './health';
import { DeploymentView, NodeView } from './inventory';
import { Instant, Severity } from './names';

/** Kinds that people read; `delta` never appears in a list. */
export const EventView = z.object({
  id: z.string(),
  at: Instant,
  deployment: z.string().nullable(),
  kind: z.string().describe('Such as node.down, node.up, deployment.status, redis.failover, room.moved, service.exited'),
  severity: Severity,
  node: z.string().nullable(),
  room: z.string().nullable(),
  sentence: z.string(),
  data: z.record(z.string(), z.unknown()),
});
export type EventView = z.infer<typeof EventView>;

/** One coalesced delta a deployment and second. What is absent did not change; lists too long to send are named in `reload`. */
export const Delta = z.object({
  deployment: z.string(),
  status: DeploymentView.pick({ status: true, sentence: true, since: true, reasons: true, counts: true }).partial().optional(),
  nodes: z.array(NodeView).optional(),
  removedNodes: z.array(z.string()).optional(),
  reload: z.array(z.enum(['deployment', 'nodes', 'rooms', 'egress', 'ingress', 'services', 'events'])).optional(),
});
export type Delta = z.infer<typeof Delta>;

/**
 * Messages of /api/v1/stream (server-sent events; `event:` is the type, `data:` the whole message as JSON, `id:` the event row).
 * hello and reset carry the position from which the stream goes on; clocks carry no id. `reset`: the Last-Event-ID is too
 * old, load anew. Where a header cannot be set, ?lastEventId= does the same.
 */
export const StreamMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), now: Instant, version: z.string() }),
  z.object({ type: z.literal('reset'), now: Instant }),
  z.object({ type: z.literal('delta'), data: Delta }),
  z.object({ type: z.literal('event'), data: EventView }),
  z.object({ type: z.literal('clocks'), now: Instant, deployments: z.record(z.string(), z.array(SourceClockView)) }),
]);
/** Deltas are kept at least so long, in ms: a reader who comes back sooner misses none, one who comes later may get `reset`. */
export const DELTAS_KEPT_MS = 120_000;
export type StreamMessage = z.infer<typeof StreamMessage>;
