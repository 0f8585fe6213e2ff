import { z } from 'zod';

/** The field's words, once: API, pages, log and database use these spellings. */
export const Platform = z.enum(['onprem', 'aws', 'azure', 'gcp', 'oci', 'enterprise']);
export type Platform = z.infer<typeof Platform>;

export const Role = z.enum(['master', 'media', 'merged']);
export type Role = z.infer<typeof Role>;

/** Of a node. `unknown` is never drawn as down. */
export const Health = z.enum(['up', 'unstable', 'down', 'unknown']);
export type Health = z.infer<typeof Health>;

/** What a node is doing; apart from how it is. */
export const Stage = z.enum(['starting', 'serving', 'draining', 'drained', 'stopped', 'unknown']);
export type Stage = z.infer<typeof Stage>;

export const DeploymentStatus = z.enum(['UP', 'UNSTABLE', 'DOWN', 'UNKNOWN']);
export type DeploymentStatus = z.infer<typeof DeploymentStatus>;

/** Where a figure comes from; each has a clock of its own. */
export const Source = z.enum(['redis', 'presence', 'sentinel', 'livekit', 'stream', 'http', 'mongo']);
export type Source = z.infer<typeof Source>;

/** Container = compose service names of OpenVidu 3.x HA; others may appear. */
export const MASTER_SERVICES = [
  'caddy',
  'operator',
  'redis-server',
  'redis-sentinel',
  'mongo',
  'minio',
  'dashboard',
  'openvidu-meet',
  'app',
  'openvidu-v2compatibility',
  'grafana',
  'mimir',
  'loki',
  'alloy',
  'promtail',
] as const;
export const MEDIA_SERVICES = ['openvidu', 'ingress', 'egress', 'caddy', 'prometheus', 'alloy', 'promtail'] as const;

export const ServiceStatus = z.enum(['running', 'exited', 'restarting', 'paused', 'created', 'dead', 'missing', 'unknown']);
export type ServiceStatus = z.infer<typeof ServiceStatus>;

export const Severity = z.enum(['info', 'warning', 'critical']);
export type Severity = z.infer<typeof Severity>;

export const Scope = z.enum(['read', 'operate', 'admin']);
export type Scope = z.infer<typeof Scope>;

/** RFC 3339 in UTC with milliseconds. */
export const Instant = z.iso.datetime();

export const Slug = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'use lower-case letters, digits and hyphens, at most 63, not at the ends')
  .describe('Name of the deployment in addresses');

export const NodeName = z
  .string()
  .regex(/^[a-zA-Z0-9](?:[a-zA-Z0-9._-]{0,61}[a-zA-Z0-9])?$/, 'use letters, digits, dot, hyphen, underscore; at most 63');
