import { z } from 'zod';
import { Address, DeploymentSettings, JumpHost, Port, SecretKind, SecretsInput, SettingsFound, SshSettings } from './inventory';
import { Instant } from './names';

/** One link of a check or discovery, streamed as it finishes. */
export const CheckStep = z.object({
  key: z.string().describe('Such as ssh:10.0.0.11, redis, livekit, http:10.0.0.11:caddy'),
  label: z.string(),
  state: z.enum(['running', 'ok', 'warning', 'failed', 'skipped']),
  detail: z.string().nullable().describe('What was found or what failed'),
  advice: z.string().nullable().describe('What to do'),
  ms: z.number().nullable(),
  hostKey: z
    .object({ endpoint: z.string(), algorithm: z.string(), fingerprint: z.string(), state: z.enum(['pinned', 'new', 'changed']) })
    .nullable()
    .default(null),
});
export type CheckStep = z.infer<typeof CheckStep>;

export const DiscoverInput = z.object({
  address: Address,
  port: Port.default(22),
  user: SshSettings.shape.user,
  auth: z.enum(['key', 'password']).default('key'),
  mode: z.enum(['full', 'readonly']).default('full'),
  jump: JumpHost.nullable().default(null),
  installDir: DeploymentSettings.shape.installDir,
  secrets: SecretsInput.default({}),
  /** Of the first node; without it the task stops after showing the key. */
  confirmHostKeys: z.array(z.object({ endpoint: z.string(), fingerprint: z.string() })).default([]),
});
export type DiscoverInput = z.infer<typeof DiscoverInput>;

export const DiscoverResult = z.object({
  settings: SettingsFound,
  mediaNodes: z.array(z.object({ name: z.string().optional(), address: z.string() })),
  detected: z.object({
    version: z.string().nullable(),
    modules: z.array(z.string()),
    configLayout: z.enum(['cluster', 'per-node']).nullable(),
    rtcEngine: z.string().nullable(),
  }),
  secretsFound: z.array(SecretKind).describe('Sealed where they were found; their values are not shown'),
  hostKeys: z.array(z.object({ endpoint: z.string(), algorithm: z.string(), fingerprint: z.string() })),
  notes: z.array(z.string()),
});
export type DiscoverResult = z.infer<typeof DiscoverResult>;

export const TaskView = z.object({
  id: z.uuid(),
  kind: z.enum(['check', 'discover']),
  status: z.enum(['queued', 'running', 'done', 'failed']),
  steps: z.array(CheckStep),
  result: DiscoverResult.nullable(),
  error: z.string().nullable(),
  createdAt: Instant,
  finishedAt: Instant.nullable(),
});
export type TaskView = z.infer<typeof TaskView>;

/** A secret as it stands in a task's row: only the worker opens it, for the task's deploymentId, this kind and endpoint. Base64. */
export const SealedSecret = z.object({ kind: SecretKind, boundTo: z.string(), sealed: z.base64(), keyId: z.string() });
export type SealedSecret = z.infer<typeof SealedSecret>;

/**
 * task.input of a discovery. task.deploymentId is the id that the deployment will get. Each secret is bound to
 * endpointOf(kind, settings with the given address as only master).
 */
export const DiscoverTaskInput = DiscoverInput.omit({ secrets: true }).extend({ sealed: z.array(SealedSecret) });
export type DiscoverTaskInput = z.infer<typeof DiscoverTaskInput>;

/**
 * task.result of a discovery: what TaskView shows, and the secrets that it does not. `sealed` has every secret that the
 * deployment needs, those that were entered for the first master too, each bound to endpointOf(kind, found settings).
 */
export const DiscoverTaskResult = DiscoverResult.extend({
  sealed: z.array(SealedSecret).default([]),
  hostKeys: z.array(DiscoverResult.shape.hostKeys.element.extend({ publicKey: z.string().default('') })),
});
export type DiscoverTaskResult = z.infer<typeof DiscoverTaskResult>;

/** NOTIFY on this channel says that a task was queued; the payload is its id. task_chunk.data is one CheckStep each. */
export const TASK_CHANNEL = 'signalbox_task';
