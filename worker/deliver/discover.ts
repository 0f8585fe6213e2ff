import { DeploymentSettings, SecretKind } from '@/lib/contract/inventory';
import { DiscoverTaskInput, DiscoverTaskResult, type SealedSecret } from '@/lib/contract/tasks';
import type { Opener } from '@/lib/db/seal';
import { LinkError } from '@/lib/links/errors';
import type { Secrets } from '@/lib/links/targets';
import { onprem } from '@/lib/platforms/onprem';
import type { Found } from '@/lib/platforms/platform';
import { endpointOf, type EndpointSettings } from '@/lib/rules/secret-endpoint';
import type { TaskContext } from './run-tasks';
import type { ClaimedTask } from './task-rows';
import { withoutSecrets } from './without-secrets';

/** Reads one master and what it knows; the result holds every secret sealed for the deployment that may come of it. */
export async function discover(task: ClaimedTask, { opener, report, signal }: TaskContext): Promise<DiscoverTaskResult> {
  const { sealed, ...request } = DiscoverTaskInput.parse(task.input);
  const given = await openGiven(opener, task.deploymentId, sealed, firstSettings(request));
  const discoverHere = onprem.discover;
  if (!discoverHere) throw new LinkError('This platform cannot be discovered.');
  const seen: Secrets = { ...given };
  const found = await discoverHere({ ...request, secrets: given }, (step) => report(withoutSecrets(step, seen)), signal);
  Object.assign(seen, found.secrets);
  return resultOf(found, await sealFound(opener, task.deploymentId, found, given), seen);
}

/** As lib/core sealed them: the given master is the only one known. */
function firstSettings({
  address,
  port,
  user,
  jump,
}: Pick<DiscoverTaskInput, 'address' | 'port' | 'user' | 'jump'>): EndpointSettings {
  const { ports } = DeploymentSettings.parse({});
  return { livekitUrl: null, masters: [address], ssh: { user, jump }, ports: { ...ports, ssh: port } };
}

async function openGiven(
  opener: Opener,
  deploymentId: string,
  sealed: SealedSecret[],
  settings: EndpointSettings,
): Promise<Secrets> {
  const opened: Secrets = {};
  for (const { kind, boundTo, sealed: box } of sealed) {
    if (endpointOf(kind, settings) !== boundTo)
      throw new LinkError(`The ${kind} was given for another address.`, 'Enter it again.');
    opened[kind] = await opener.open(Buffer.from(box, 'base64'), { deploymentId, kind, boundTo }).catch(() => {
      throw new LinkError(
        `The ${kind} cannot be opened by this worker.`,
        'Enter it again; do web and worker have the same key pair?',
      );
    });
  }
  return opened;
}

/** Bound to the endpoints that were found: the SSH secret of one master now stands for all four. */
async function sealFound(opener: Opener, deploymentId: string, found: Found, given: Secrets): Promise<SealedSecret[]> {
  const { ports } = DeploymentSettings.parse({});
  const settings: EndpointSettings = {
    livekitUrl: found.settings.livekitUrl ?? null,
    masters: found.settings.masters ?? [],
    ssh: found.settings.ssh ?? null,
    ports: found.settings.ports ?? ports,
  };
  const all: Secrets = { ...given, ...found.secrets };
  const boxes = SecretKind.options.map(async (kind): Promise<SealedSecret[]> => {
    const value = all[kind];
    const boundTo = endpointOf(kind, settings);
    if (value === undefined || boundTo === null) return [];
    const sealed = await opener.seal(value, { deploymentId, kind, boundTo });
    return [{ kind, boundTo, sealed: Buffer.from(sealed).toString('base64'), keyId: opener.keyId }];
  });
  return (await Promise.all(boxes)).flat();
}

function resultOf({ secrets: _clear, ...found }: Found, sealed: SealedSecret[], seen: Secrets): DiscoverTaskResult {
  const lost = SecretKind.options.filter((kind) => seen[kind] !== undefined && !sealed.some((s) => s.kind === kind));
  const notes =
    lost.length > 0 && found.settings.masters ? [...found.notes, `To be entered again: ${lost.join(', ')}.`] : found.notes;
  const hide = (text: string) => Object.values(seen).reduce((t, v) => (v.length >= 6 ? t.replaceAll(v, '***') : t), text);
  return DiscoverTaskResult.parse({ ...found, notes: notes.map(hide), secretsFound: sealed.map((s) => s.kind), sealed });
}
