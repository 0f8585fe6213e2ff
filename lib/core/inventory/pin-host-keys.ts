import { api } from '@/lib/contract/api';
import { DeploymentSettings } from '@/lib/contract/inventory';
import { Prisma } from '@/lib/db/client';
import { hostPort } from '@/lib/rules/secret-endpoint';
import { InvalidInput, NotFound, type FieldError } from '../errors';
import { allow, parse, writing, type Call } from '../verb';
import { readDeploymentDetail } from './deployment-views';

/**
 * Pins SSH host keys that a person compared; from then on another key on the same endpoint is refused.
 * @throws InvalidInput beside an endpoint that is not address:port of a node or of the jump host of the deployment
 */
export async function pinHostKeys({ ctx, input: raw }: Call) {
  const actor = allow(ctx, 'admin');
  const { slug, keys } = parse(api.deployments.pinHostKeys, raw);
  return writing(ctx, 'host-key.pin', async (tx, audit, tell) => {
    const row = await tx.deployment.findUnique({
      where: { slug },
      select: { id: true, settings: true, nodes: { where: { forgottenAt: null }, select: { address: true } } },
    });
    if (!row) throw new NotFound(`deployment ${slug}`);
    const { ports, ssh, masters } = DeploymentSettings.parse(row.settings);
    const addresses = [...masters, ...row.nodes.map((node) => node.address)];
    const own = new Set(addresses.map((address) => hostPort(address, ports.ssh)));
    if (ssh?.jump) own.add(hostPort(ssh.jump.address, ssh.jump.port));
    refuseForeign(keys, own);
    for (const { endpoint, algorithm, fingerprint } of keys) {
      const data = { algorithm, fingerprint, publicKey: '', confirmedAt: ctx.now, confirmedBy: actor.label };
      await tx.hostKey.upsert({
        where: { deploymentId_endpoint: { deploymentId: row.id, endpoint } },
        create: { deploymentId: row.id, endpoint, ...data },
        update: data,
      });
    }
    await audit({ target: slug, deploymentId: row.id, data: { keys } });
    tell({ deploymentId: row.id, deployment: slug, reload: ['deployment'] });
    return readDeploymentDetail(tx, Prisma.sql`d.id = ${row.id}::uuid`, `deployment ${slug}`);
  });
}

function refuseForeign(keys: { endpoint: string }[], own: Set<string>) {
  const errors = keys.flatMap(({ endpoint }, i): FieldError[] =>
    own.has(endpoint)
      ? []
      : [{ field: `keys.${i}.endpoint`, detail: 'not address:port of a node or of the jump host of this deployment' }],
  );
  if (errors.length > 0) throw new InvalidInput(errors);
}
