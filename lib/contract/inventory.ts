import { z } from 'zod';
import { NodeFigures, QuorumMatrix, Reason, ServiceView, SignalView, SourceClockView } from './health';
import { DeploymentStatus, Health, Instant, NodeName, Platform, Role, Slug, Stage } from './names';

/** IPv4, IPv6 or a host name; no scheme, no port, no spaces. */
export const Address = z
  .string()
  .trim()
  .max(253)
  .refine((a) => isAddress(a), 'give an IP address or a host name, without scheme or port');

function isAddress(a: string): boolean {
  if (z.ipv4().safeParse(a).success || z.ipv6().safeParse(a).success) return true;
  // 1.2.3 or 300.1.1.1 is a mistyped IPv4 address, not a name.
  if (/^[\d.]+$/.test(a)) return false;
  return /^(?=.{1,253}$)[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/.test(
    a,
  );
}

export const Port = z.number().int().min(1, 'a port is 1 to 65535').max(65535, 'a port is 1 to 65535');

/** Exactly four, all different (the vendor: "It must always be 4"), or none where only the LiveKit API is known. */
export const Masters = z
  .array(Address)
  .refine((m) => m.length === 0 || m.length === 4, {
    error: (i) => `an HA deployment has exactly 4 master nodes; ${(i.input as unknown[]).length} given`,
  })
  .superRefine((m, ctx) => {
    m.forEach((a, i) => {
      if (m.indexOf(a) !== i)
        ctx.addIssue({ code: 'custom', path: [i], message: `${a} is given twice; the 4 masters are different machines` });
    });
  });

/** OpenVidu 3.x defaults; an installation may differ. */
export const Ports = z.object({
  ssh: Port.default(22),
  redis: Port.default(7000),
  sentinel: Port.default(7001),
  mongo: Port.default(20000),
  minio: Port.default(9100),
  caddy: Port.default(7880),
  livekit: Port.default(7880),
  egressHealth: Port.default(9091),
  ingressHealth: Port.default(9092),
  mimir: Port.default(9009),
  loki: Port.default(3100),
  grafana: Port.default(3000),
});

export const JumpHost = z.object({
  address: Address,
  port: Port.default(22),
  user: z.string().regex(/^[a-z_][a-z0-9_.-]{0,31}$/i, 'not a user name'),
});

export const SshSettings = z.object({
  user: z
    .string()
    .regex(/^[a-z_][a-z0-9_.-]{0,31}$/i, 'not a user name')
    .default('root'),
  auth: z.enum(['key', 'password']).default('key'),
  /** readonly: uses only the commands of the shown sudoers lines. */
  mode: z.enum(['full', 'readonly']).default('full'),
  jump: JumpHost.nullable().default(null),
});

export const Limits = z.object({
  minMediaNodes: z.number().int().min(0).max(1000).default(1),
  drainDeadlineMs: z.number().int().min(0).nullable().default(null),
  soakMs: z.number().int().min(0).default(30_000),
});

export const DeploymentSettings = z.object({
  domain: z.string().trim().max(253).nullable().default(null),
  livekitUrl: z
    .url({ protocol: /^(https?|wss?)$/, error: 'give a URL that begins with https://, http://, wss:// or ws://' })
    // Settings are stored and shown in the clear.
    .refine((u) => !/^[^/]*\/\/[^/?#]*@/.test(u), 'leave user and password out of the URL; they would be shown')
    .nullable()
    .default(null),
  livekitApiKey: z.string().trim().max(200).nullable().default(null),
  masters: Masters.default([]),
  ssh: SshSettings.nullable().default(null),
  /** direct: the worker reaches 7000/7001; tunnel: through SSH of a master; auto tries direct, then tunnel. */
  redisVia: z.enum(['auto', 'direct', 'tunnel']).default('auto'),
  sentinelMasterName: z.string().max(100).nullable().default(null).describe('null: asked from Sentinel'),
  redisDb: z.number().int().min(0).max(1_000_000).default(0),
  ports: Ports.prefault({}),
  tls: z.object({ verify: z.boolean().default(true), ca: z.string().max(100_000).nullable().default(null) }).prefault({}),
  installDir: z
    .string()
    .regex(/^\/[A-Za-z0-9._/-]*$/, 'an absolute path of letters, digits, . _ - /')
    .max(200)
    .default('/opt/openvidu'),
  timeZone: z.string().max(64).default('UTC'),
  limits: Limits.prefault({}),
});
export type DeploymentSettings = z.infer<typeof DeploymentSettings>;

/** Secrets enter here and are sealed in the request that brings them; no answer ever contains one. */
export const SecretKind = z.enum([
  'livekitApiSecret',
  'sshKey',
  'sshKeyPassphrase',
  'sshPassword',
  'jumpKey',
  'jumpKeyPassphrase',
  'jumpPassword',
  'redisPassword',
  'sentinelPassword',
]);
export type SecretKind = z.infer<typeof SecretKind>;
export const SecretsInput = z.partialRecord(SecretKind, z.string().min(1, 'empty').max(20_000));
export type SecretsInput = z.infer<typeof SecretsInput>;

export const MediaNodeInput = z.object({ name: NodeName.optional(), address: Address });

export const DeploymentCreate = z.object({
  name: z.string().trim().min(1, 'give a name').max(100),
  slug: Slug.optional().describe('From the name when left out'),
  platform: Platform.default('onprem'),
  ...DeploymentSettings.shape,
  mediaNodes: z.array(MediaNodeInput).max(1000).default([]).describe('Declared ones; others are discovered'),
  secrets: SecretsInput.default({}),
  discoverTaskId: z.uuid().optional().describe('Takes over the secrets that a discovery found, without anyone seeing them'),
  confirmHostKeys: z
    .array(z.object({ endpoint: z.string(), fingerprint: z.string() }))
    .default([])
    .describe('Pins these keys of a discovery or check'),
});
export type DeploymentCreate = z.infer<typeof DeploymentCreate>;

type Settings = typeof DeploymentSettings.shape;
type Bare<T> = T extends z.ZodDefault<infer I> | z.ZodPrefault<infer I> ? I : T;

/** zod fills a default in even below `.optional()`: a change of the name alone would reset every other setting. */
const withoutDefaults = Object.fromEntries(
  Object.entries(DeploymentSettings.shape).map(([k, v]) => [
    k,
    (v instanceof z.ZodDefault || v instanceof z.ZodPrefault ? v.unwrap() : v).optional(),
  ]),
  // fromEntries forgets which key has which type.
) as { [K in keyof Settings]: z.ZodOptional<Bare<Settings[K]>> };

/** What a discovery found; absent: not found, which is not the same as the default. */
export const SettingsFound = z.object(withoutDefaults);

/** Only what is present changes (ssh, ports, tls and limits each as a whole). A changed endpoint needs its secret again. */
export const DeploymentUpdate = z.object({
  name: z.string().trim().min(1, 'give a name').max(100).optional(),
  ...withoutDefaults,
  secrets: SecretsInput.optional(),
});
export type DeploymentUpdate = z.infer<typeof DeploymentUpdate>;

export const Counts = z.object({
  nodes: z.number().int(),
  up: z.number().int(),
  unstable: z.number().int(),
  down: z.number().int(),
  unknown: z.number().int(),
  rooms: z.number().int().nullable(),
  participants: z.number().int().nullable(),
  egress: z.number().int().nullable(),
  ingress: z.number().int().nullable(),
});

export const Detected = z.object({
  version: z.string().nullable().default(null),
  modules: z.array(z.string()).default([]),
  configLayout: z.enum(['cluster', 'per-node']).nullable().default(null),
  rtcEngine: z.string().nullable().default(null),
});

/** Set by the reader's clock against the source's: a stale row says as of when. */
const Freshness = { asOf: Instant.nullable(), stale: z.boolean() };

export const DeploymentView = z.object({
  id: z.uuid(),
  slug: Slug,
  name: z.string(),
  platform: Platform,
  rev: z.number().int(),
  status: DeploymentStatus,
  sentence: z.string(),
  since: Instant.nullable(),
  reasons: z.array(Reason),
  counts: Counts,
  detected: Detected,
  clocks: z.array(SourceClockView),
  ...Freshness,
});
export type DeploymentView = z.infer<typeof DeploymentView>;

export const DeploymentDetail = DeploymentView.extend({
  settings: DeploymentSettings,
  quorum: QuorumMatrix,
  secrets: z
    .array(z.object({ kind: SecretKind, boundTo: z.string(), updatedAt: Instant }))
    .describe('Which are stored, never their values'),
  hostKeys: z.array(
    z.object({
      endpoint: z.string(),
      algorithm: z.string(),
      fingerprint: z.string(),
      confirmedAt: Instant,
      confirmedBy: z.string(),
    }),
  ),
});
export type DeploymentDetail = z.infer<typeof DeploymentDetail>;

export const Drift = z
  .enum(['none', 'undeclared', 'missing'])
  .describe('undeclared: found, not declared; missing: declared, not found');

export const NodeView = z.object({
  name: z.string(),
  role: Role,
  address: z.string(),
  desired: z.enum(['serving', 'stopped']),
  declared: z.boolean(),
  drift: Drift,
  health: Health,
  stage: Stage,
  sentence: z.string(),
  reasons: z.array(Reason),
  since: Instant.nullable(),
  stageSince: Instant.nullable(),
  rooms: z.number().int().nullable(),
  participants: z.number().int().nullable(),
  relayed: z.number().int().nullable(),
  egress: z.number().int().nullable(),
  ingress: z.number().int().nullable(),
  figures: NodeFigures,
  signals: z.array(SignalView),
  livekitNodeId: z.string().nullable(),
  rev: z.number().int(),
  ...Freshness,
});
export type NodeView = z.infer<typeof NodeView>;

export const NodeDetail = NodeView.extend({
  services: z.array(ServiceView),
  incarnations: z.array(
    z.object({ livekitNodeId: z.string(), startedAt: Instant.nullable(), firstSeenAt: Instant, endedAt: Instant.nullable() }),
  ),
});
export type NodeDetail = z.infer<typeof NodeDetail>;
