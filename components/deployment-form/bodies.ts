import type { DeploymentCreate, DeploymentSettings, DeploymentUpdate } from '@/lib/contract/inventory';
import { SETTINGS_DEFAULTS } from './defaults';
import type { Values } from './fields';
import { type FieldErrors, mediaNodesOf, secretsOf, settingsOf } from './values';

const same = (a: unknown, b: unknown): boolean => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));

/** Keys in one order, so that two equal settings compare equal however they were made. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([k, v]) => [k, sorted(v)]),
  );
}

function changedFrom(base: DeploymentSettings, now: DeploymentSettings): Partial<DeploymentSettings> {
  return Object.fromEntries(
    Object.entries(now).filter(([key, value]) => !same(value, base[key as keyof DeploymentSettings])),
  ) as Partial<DeploymentSettings>; // a subset of the entries of `now`
}

export type CreateBody = Partial<DeploymentCreate> & Pick<DeploymentCreate, 'name'>;

/** Body of POST /deployments: what equals a default is left out, so that the curl line stays short. */
export function createBody(
  v: Values,
  extra: Pick<CreateBody, 'discoverTaskId' | 'confirmHostKeys'> = {},
): { body: CreateBody; errors: FieldErrors } {
  const { settings, errors } = settingsOf(v);
  const secrets = secretsOf(v);
  const mediaNodes = mediaNodesOf(v).map((m) => m.node);
  const body: CreateBody = {
    name: (v.name ?? '').trim(),
    ...((v.slug ?? '').trim() ? { slug: (v.slug ?? '').trim() } : {}),
    platform: v.platform as DeploymentCreate['platform'], // the choices are the contract's; the server refuses any other
    ...changedFrom(SETTINGS_DEFAULTS, settings),
    ...(mediaNodes.length > 0 ? { mediaNodes } : {}),
    ...(Object.keys(secrets).length > 0 ? { secrets } : {}),
    ...(extra.discoverTaskId ? { discoverTaskId: extra.discoverTaskId } : {}),
    ...(extra.confirmHostKeys?.length ? { confirmHostKeys: extra.confirmHostKeys } : {}),
  };
  return { body, errors };
}

/** Body of PATCH /deployments/{slug}: only what differs from `base`, and the secrets that were typed. */
export function updateBody(
  v: Values,
  base: { name: string; settings: DeploymentSettings },
): { body: DeploymentUpdate; errors: FieldErrors } {
  const { settings, errors } = settingsOf(v);
  const secrets = secretsOf(v);
  const name = (v.name ?? '').trim();
  return {
    errors,
    body: {
      ...(name === base.name ? {} : { name }),
      ...changedFrom(base.settings, settings),
      ...(Object.keys(secrets).length > 0 ? { secrets } : {}),
    },
  };
}
