import type { DeploymentSettings } from '@/lib/contract/inventory';
import { SETTINGS_DEFAULTS } from './defaults';
import { FIELDS, isShown, type Values } from './fields';
import { MASTER_PATHS } from './masters';

const MINUTE_MS = 60_000;
const SECOND_MS = 1_000;

/** An empty form: choices stand on their defaults, everything else is empty and its fallback is shown. */
export const EMPTY: Values = {
  ...Object.fromEntries(FIELDS.map((f) => [f.path, ''])),
  platform: 'onprem',
  redisVia: SETTINGS_DEFAULTS.redisVia,
  'ssh.auth': 'none',
  'ssh.mode': 'full',
  'tls.verify': 'on',
};

const text = (v: string | number | null | undefined): string => (v === null || v === undefined ? '' : String(v));

/**
 * Settings as they are typed. What is absent (a discovery that did not find it) stays as `onto` has it; ports that are the
 * default stay empty, since the default is shown in the field.
 */
export function valuesOf(s: Partial<DeploymentSettings>, onto: Values = EMPTY): Values {
  const v = { ...onto };
  const put = (path: string, given: string | number | null | undefined) => {
    if (given !== undefined) v[path] = text(given);
  };
  put('domain', s.domain);
  put('livekitUrl', s.livekitUrl);
  put('livekitApiKey', s.livekitApiKey);
  if (s.masters) MASTER_PATHS.forEach((path, i) => put(path, s.masters?.[i] ?? ''));
  if (s.ssh !== undefined) {
    put('ssh.auth', s.ssh?.auth ?? 'none');
    put('ssh.user', s.ssh?.user === 'root' ? '' : (s.ssh?.user ?? ''));
    put('ssh.mode', s.ssh?.mode ?? 'full');
    put('ssh.jump.address', s.ssh?.jump?.address ?? '');
    put('ssh.jump.port', s.ssh?.jump && s.ssh.jump.port !== 22 ? s.ssh.jump.port : '');
    put('ssh.jump.user', s.ssh?.jump?.user ?? '');
  }
  put('redisVia', s.redisVia);
  put('sentinelMasterName', s.sentinelMasterName);
  put('redisDb', s.redisDb === 0 ? '' : s.redisDb);
  if (s.ports)
    for (const [key, port] of Object.entries(s.ports))
      put(`ports.${key}`, port === SETTINGS_DEFAULTS.ports[key as keyof DeploymentSettings['ports']] ? '' : port);
  if (s.tls) {
    put('tls.verify', s.tls.verify ? 'on' : '');
    put('tls.ca', s.tls.ca);
  }
  put('installDir', s.installDir === SETTINGS_DEFAULTS.installDir ? '' : s.installDir);
  put('timeZone', s.timeZone === SETTINGS_DEFAULTS.timeZone ? '' : s.timeZone);
  if (s.limits) {
    const { minMediaNodes, drainDeadlineMs, soakMs } = s.limits;
    put('limits.minMediaNodes', minMediaNodes === 1 ? '' : minMediaNodes);
    put('limits.drainDeadlineMs', drainDeadlineMs === null ? '' : drainDeadlineMs / MINUTE_MS);
    put('limits.soakMs', soakMs === SETTINGS_DEFAULTS.limits.soakMs ? '' : soakMs / SECOND_MS);
  }
  return v;
}

export type FieldErrors = Record<string, string>;

/**
 * The whole of the settings that the form stands for. Only what the request could not even carry is an error here (letters
 * where a number belongs); the server judges the rest.
 */
export function settingsOf(v: Values): { settings: DeploymentSettings; errors: FieldErrors } {
  const errors: FieldErrors = {};
  const typed = (path: string) => (v[path] ?? '').trim();
  const orNull = (path: string) => typed(path) || null;
  const number = (path: string, fallback: number, times = 1) => {
    if (typed(path) === '') return fallback;
    if (/^\d{1,9}$/.test(typed(path))) return Number(typed(path)) * times;
    errors[path] =
      path.startsWith('ports.') || path.endsWith('.port') ? 'a port is a number from 1 to 65535' : 'give a whole number';
    return fallback;
  };
  const ports = { ...SETTINGS_DEFAULTS.ports };
  for (const key of Object.keys(ports) as (keyof typeof ports)[]) ports[key] = number(`ports.${key}`, ports[key]);

  const auth = v['ssh.auth'];
  const ssh: DeploymentSettings['ssh'] =
    auth === 'key' || auth === 'password'
      ? {
          auth,
          user: typed('ssh.user') || 'root',
          mode: v['ssh.mode'] === 'readonly' ? 'readonly' : 'full',
          jump: typed('ssh.jump.address')
            ? { address: typed('ssh.jump.address'), port: number('ssh.jump.port', 22), user: typed('ssh.jump.user') }
            : null,
        }
      : null;
  const via = v.redisVia;
  return {
    errors,
    settings: {
      domain: orNull('domain'),
      livekitUrl: orNull('livekitUrl'),
      livekitApiKey: orNull('livekitApiKey'),
      masters: MASTER_PATHS.map(typed).filter((a) => a !== ''),
      ssh,
      redisVia: via === 'direct' || via === 'tunnel' ? via : 'auto',
      sentinelMasterName: orNull('sentinelMasterName'),
      redisDb: number('redisDb', 0),
      ports,
      tls: { verify: v['tls.verify'] === 'on', ca: orNull('tls.ca') },
      installDir: typed('installDir') || SETTINGS_DEFAULTS.installDir,
      timeZone: typed('timeZone') || SETTINGS_DEFAULTS.timeZone,
      limits: {
        minMediaNodes: number('limits.minMediaNodes', 1),
        drainDeadlineMs: typed('limits.drainDeadlineMs') === '' ? null : number('limits.drainDeadlineMs', 0, MINUTE_MS),
        soakMs: number('limits.soakMs', SETTINGS_DEFAULTS.limits.soakMs, SECOND_MS),
      },
    },
  };
}

/** Secrets that were typed into fields that are shown; never trimmed, a space may belong to a password. */
export function secretsOf(v: Values): Record<string, string> {
  const shown = FIELDS.filter((f) => f.path.startsWith('secrets.') && isShown(f, v) && v[f.path]);
  return Object.fromEntries(shown.map((f) => [f.path.slice('secrets.'.length), v[f.path] ?? '']));
}

/** `10.0.0.21` or `media-1 10.0.0.21`, one a line. The k-th node sent came from line `at` (from 1). */
export function mediaNodesOf(v: Values): { at: number; node: { name?: string; address: string } }[] {
  return (v.mediaNodes ?? '').split('\n').flatMap((line, i) => {
    const parts = line
      .trim()
      .split(/[\s,;=]+/)
      .filter(Boolean);
    const address = parts.at(-1);
    if (!address) return [];
    return [{ at: i + 1, node: parts.length > 1 ? { name: parts.slice(0, -1).join(' '), address } : { address } }];
  });
}
