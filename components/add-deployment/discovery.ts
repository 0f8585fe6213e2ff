import { GROUPS, type FieldGroup, type FieldSpec, type Values } from '@/components/deployment-form/fields';
import type { ServerError } from '@/components/deployment-form/errors';
import { type FieldErrors, secretsOf, settingsOf, valuesOf } from '@/components/deployment-form/values';
import type { SecretKind } from '@/lib/contract/inventory';
import type { DiscoverInput, DiscoverResult } from '@/lib/contract/tasks';

/**
 * The discovery asks into the same fields as the form by hand, so that nothing is typed twice: its address is the first
 * master, its port the SSH port. Left: path in its request; right: field on the page.
 */
const FIELD_OF: Record<string, string> = {
  address: 'masters.0',
  port: 'ports.ssh',
  user: 'ssh.user',
  auth: 'ssh.auth',
  mode: 'ssh.mode',
  'jump.address': 'ssh.jump.address',
  'jump.port': 'ssh.jump.port',
  'jump.user': 'ssh.jump.user',
  jump: 'ssh.jump.address',
  installDir: 'installDir',
};

const SSH_SECRETS: SecretKind[] = ['sshKey', 'sshKeyPassphrase', 'sshPassword', 'jumpKey', 'jumpKeyPassphrase', 'jumpPassword'];

const all: FieldSpec[] = GROUPS.flatMap((g) => g.fields);
const pick = (path: string, change: Partial<FieldSpec> = {}): FieldSpec[] =>
  all.filter((f) => f.path === path).map((f) => ({ ...f, ...change }));

export const DISCOVER_GROUPS: FieldGroup[] = [
  {
    id: 'discover',
    title: 'One master node',
    intro:
      'Signalbox reads its env files, asks Redis and fills in the rest: the other masters, the media nodes, passwords, keys, domain, version and modules.',
    fields: [
      ...pick('masters.0', { label: 'Address of any master', hint: 'Where SSH answers, as the worker of Signalbox reaches it.' }),
      ...pick('ports.ssh', { label: 'SSH port' }),
      ...pick('ssh.user'),
      ...pick('ssh.auth', {
        choices: [
          { value: 'key', label: 'A private key' },
          { value: 'password', label: 'A password' },
        ],
      }),
      ...['secrets.sshKey', 'secrets.sshKeyPassphrase', 'secrets.sshPassword', 'ssh.mode', 'installDir'].flatMap((p) => pick(p)),
    ],
  },
  {
    id: 'discover-jump',
    title: 'Jump host',
    intro: 'Only when the nodes are reached through another machine.',
    folded: true,
    untouched: 'none',
    fields: all.filter((f) => f.path.startsWith('ssh.jump.') || f.path.startsWith('secrets.jump')),
  },
];

/** Body of POST /discover. */
export function discoverBody(
  v: Values,
  confirmHostKeys: DiscoverInput['confirmHostKeys'],
): { body: Omit<DiscoverInput, 'secrets'> & { secrets: Record<string, string> }; errors: FieldErrors } {
  const { settings, errors } = settingsOf({ ...v, 'ssh.auth': v['ssh.auth'] === 'password' ? 'password' : 'key' });
  const kinds: string[] = SSH_SECRETS;
  const { ssh } = settings;
  return {
    errors,
    body: {
      address: (v['masters.0'] ?? '').trim(),
      port: settings.ports.ssh,
      user: ssh?.user ?? 'root',
      auth: ssh?.auth ?? 'key',
      mode: ssh?.mode ?? 'full',
      jump: ssh?.jump ?? null,
      installDir: settings.installDir,
      secrets: Object.fromEntries(Object.entries(secretsOf(v)).filter(([kind]) => kinds.includes(kind))),
      confirmHostKeys,
    },
  };
}

/** Errors of POST /discover, renamed to the fields of the page. */
export const asFormErrors = (errors: ServerError[]): ServerError[] =>
  errors.map((e) => ({ ...e, field: FIELD_OF[e.field] ?? e.field }));

/** What was found, laid over what was typed; a field that was not found keeps what stands in it. */
export function foundValues(result: DiscoverResult, v: Values): Values {
  const found = valuesOf(result.settings, v);
  return {
    ...found,
    name: v.name || result.settings.domain || '',
    mediaNodes: result.mediaNodes.map((n) => (n.name ? `${n.name} ${n.address}` : n.address)).join('\n') || (v.mediaNodes ?? ''),
  };
}

/** By field path: secrets that the discovery sealed where it found them. */
export const foundSecrets = (result: DiscoverResult): Record<string, string> =>
  Object.fromEntries(
    result.secretsFound.map((kind) => [`secrets.${kind}`, 'Found and sealed. Leave it empty to use it as it is.']),
  );
