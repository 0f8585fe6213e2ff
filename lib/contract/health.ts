import { z } from 'zod';
import { Health, Instant, ServiceStatus, Severity, Source } from './names';

/** One reason behind a state; the sentence is whole and stands alone. */
export const Reason = z.object({
  code: z.string().describe('Stable word, such as container-exited or heartbeat-stale'),
  severity: Severity,
  sentence: z.string(),
  source: Source.nullable().describe('Which signal says so; null: derived from several'),
  service: z.string().nullable().default(null),
  since: Instant.nullable(),
});
export type Reason = z.infer<typeof Reason>;

/** How one signal of one node last answered. */
export const SignalView = z.object({
  source: Source,
  name: z.string().describe('Such as heartbeat, pub/sub presence, ssh stream, GET /health/caddy'),
  state: z
    .enum(['ok', 'failing', 'silent', 'absent'])
    .describe('failing: it answered badly; silent: no answer; absent: not configured'),
  okAt: Instant.nullable(),
  readAt: Instant.nullable(),
  error: z.string().nullable().describe('What was wrong, in words'),
  advice: z.string().nullable().describe('What to open or add'),
});
export type SignalView = z.infer<typeof SignalView>;

const n = z.number().nullable();
/** Latest figures of a node; null: not known, never zero. */
export const NodeFigures = z.object({
  cpu: n.describe('0..1 of the whole host'),
  load1: n,
  cpus: n,
  memUsed: n.describe('bytes'),
  memTotal: n,
  diskUsed: n.describe('bytes, of the file system that holds the installation'),
  diskTotal: n,
  rxBps: n.describe('bytes a second'),
  txBps: n,
  rooms: n,
  participants: n.describe('People in the rooms that are mapped here'),
  clients: n.describe('num_clients: participants here and signalling that merely passes through'),
  relayed: n.describe(
    'clients less the participants here, never below 0; agents, egress and hidden participants count as relayed',
  ),
  egress: n,
  ingress: n,
  tracksIn: n,
  tracksOut: n,
  clockOffsetMs: n.describe('node clock less Redis clock'),
  bootedAt: Instant.nullable(),
  reboots: n.describe('seen since it was added'),
  oomKills: n.describe('host counter since boot'),
});
export type NodeFigures = z.infer<typeof NodeFigures>;

export const ServiceView = z.object({
  service: z.string(),
  state: ServiceStatus,
  image: z.string().nullable(),
  startedAt: Instant.nullable(),
  finishedAt: Instant.nullable(),
  restartCount: z.number().int(),
  exitCode: z.number().int().nullable(),
  oomKilled: z.boolean(),
  since: Instant,
});
export type ServiceView = z.infer<typeof ServiceView>;

/** A cell of the matrix services × masters. */
export const QuorumCell = z.object({
  node: z.string(),
  state: Health,
  note: z.string().nullable().describe('Such as primary, replica, exited 137'),
});
export const QuorumRow = z.object({
  service: z.string(),
  state: Health,
  up: z.number().int(),
  of: z.number().int(),
  need: z.number().int().describe('How many must be up for the service to work'),
  sentence: z.string().describe('What the loss means, or that all is well'),
  cells: z.array(QuorumCell),
});
export type QuorumRow = z.infer<typeof QuorumRow>;
export const QuorumMatrix = z.object({ rows: z.array(QuorumRow) });
export type QuorumMatrix = z.infer<typeof QuorumMatrix>;

export const SourceClockView = z.object({
  source: Source,
  readAt: Instant.nullable(),
  okAt: Instant.nullable(),
  error: z.string().nullable(),
  limitMs: z.number().describe('Older than this is stale'),
  exceptions: z.record(z.string(), z.object({ okAt: Instant.nullable(), error: z.string().nullable() })).describe('By node name'),
});
export type SourceClockView = z.infer<typeof SourceClockView>;
