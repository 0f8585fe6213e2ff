import { z } from 'zod';
import { Instant } from './names';

const Freshness = { asOf: Instant.nullable(), stale: z.boolean() };

export const RoomView = z.object({
  name: z.string(),
  sid: z.string(),
  node: z.string().nullable().describe('Name of the media node that hosts it; null: mapped to a node that is not known'),
  participants: z.number().int(),
  publishers: z.number().int(),
  recording: z.boolean(),
  egress: z.number().int().describe('Active egress of this room'),
  since: Instant,
  endedAt: Instant.nullable(),
  ...Freshness,
});
export type RoomView = z.infer<typeof RoomView>;

export const PlacementView = z.object({
  node: z.string().nullable(),
  livekitNodeId: z.string(),
  from: Instant,
  to: Instant.nullable(),
});
export const RoomDetail = RoomView.extend({ placements: z.array(PlacementView), egresses: z.array(z.lazy(() => EgressView)) });
export type RoomDetail = z.infer<typeof RoomDetail>;

export const EgressView = z.object({
  egressId: z.string(),
  status: z.enum(['STARTING', 'ACTIVE', 'ENDING', 'COMPLETE', 'FAILED', 'ABORTED', 'LIMIT_REACHED']),
  type: z.string().describe('room_composite, web, participant, track_composite, track, egress, replay'),
  roomName: z.string().nullable(),
  roomSid: z.string().nullable(),
  node: z.string().nullable().describe('Node whose worker reports it; null: no worker was seen with it'),
  error: z.string().nullable(),
  outputs: z
    .array(z.object({ kind: z.string(), target: z.string(), bytes: z.number().nullable(), status: z.string().nullable() }))
    .describe('Hosts and file names; never keys or query strings'),
  startedAt: Instant.nullable(),
  endedAt: Instant.nullable(),
  ...Freshness,
});
export type EgressView = z.infer<typeof EgressView>;

export const IngressView = z.object({
  ingressId: z.string(),
  name: z.string(),
  type: z.enum(['RTMP', 'WHIP', 'URL', 'UNKNOWN']),
  status: z.enum(['INACTIVE', 'BUFFERING', 'PUBLISHING', 'ERROR', 'COMPLETE']),
  roomName: z.string().nullable(),
  participant: z.string().nullable(),
  error: z.string().nullable(),
  startedAt: Instant.nullable(),
  endedAt: Instant.nullable(),
  ...Freshness,
});
export type IngressView = z.infer<typeof IngressView>;

export const SAMPLE_METRICS = [
  'cpu',
  'load1',
  'memUsed',
  'memTotal',
  'diskUsed',
  'diskTotal',
  'rxBps',
  'txBps',
  'rooms',
  'participants',
  'clients',
  'relayed',
  'egress',
  'ingress',
  'tracksIn',
  'tracksOut',
] as const;
export const SampleMetric = z.enum(SAMPLE_METRICS);

/** Columns, not rows: one array of times (ms since epoch), one a metric; null is a gap. At most 500 points. */
export const SamplesView = z.object({
  node: z.string(),
  from: Instant,
  to: Instant,
  stepMs: z.number().int(),
  at: z.array(z.number()),
  series: z.partialRecord(SampleMetric, z.array(z.number().nullable())),
});
export type SamplesView = z.infer<typeof SamplesView>;
