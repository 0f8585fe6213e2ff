import { DeploymentSettings, SecretKind } from '@/lib/contract/inventory';
import { Role } from '@/lib/contract/names';
import type { Db } from '@/lib/db/client';
import type { Opener } from '@/lib/db/seal';
import { LinkError } from '@/lib/links/errors';
import type { Pins, Secrets } from '@/lib/links/targets';

export type CheckedNode = { name: string; address: string; role: Role };
export type CheckData = {
  settings: DeploymentSettings;
  nodes: CheckedNode[];
  secrets: Secrets;
  /** Stored and not to be opened: kind → why. */
  unopened: Partial<Record<SecretKind, string>>;
  pins: Pins;
};

/** What is declared of a deployment, its secrets opened. @throws LinkError when it is gone */
export async function loadCheckData(db: Db, opener: Opener, deploymentId: string): Promise<CheckData> {
  const row = await db.deployment.findUnique({
    where: { id: deploymentId },
    include: { nodes: true, secrets: true, hostKeys: true },
  });
  if (!row) throw new LinkError('This deployment was removed.');
  const settings = DeploymentSettings.parse(row.settings);
  const secrets: Secrets = {};
  const unopened: CheckData['unopened'] = {};
  for (const { kind: name, boundTo, sealed } of row.secrets) {
    const kind = SecretKind.parse(name);
    try {
      secrets[kind] = await opener.open(sealed, { deploymentId, kind, boundTo });
    } catch (error) {
      unopened[kind] = error instanceof Error ? error.message : 'it cannot be opened';
    }
  }
  const nodes = row.nodes
    .filter((n) => n.forgottenAt === null)
    .map((n) => ({ name: n.name, address: n.address, role: Role.parse(n.role) }));
  const missing = settings.masters.filter((m) => !nodes.some((n) => n.address === m));
  return {
    settings,
    nodes: [...missing.map((address) => ({ name: address, address, role: 'master' as const })), ...nodes],
    secrets,
    unopened,
    pins: row.hostKeys,
  };
}
