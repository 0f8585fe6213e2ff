import { expect } from '@playwright/test';
import type { Connection } from '@/lab/index';
import type { DeploymentDetail, NodeView } from '@/lib/contract/inventory';
import type { TaskView } from '@/lib/contract/tasks';
import type { Product } from './product';

/** Follows a task to its end, bounded. */
export async function taskEnd(product: Product, id: string, withinMs = 60_000): Promise<TaskView> {
  let last: TaskView | undefined;
  await expect
    .poll(async () => (last = (await product.api<TaskView>('GET', `/tasks/${id}`)).body).status, {
      timeout: withinMs,
      intervals: [200],
    })
    .toMatch(/done|failed/);
  if (!last) throw new Error('no answer');
  return last;
}

/** Two steps, as an operator takes them: see the first node's host key and confirm it, then read the node. */
export async function discover(product: Product, connection: Connection): Promise<TaskView> {
  const input = {
    address: connection.masters[0],
    port: connection.sshPort,
    user: connection.sshUser,
    secrets: { sshKey: connection.sshPrivateKey },
  };
  const ask = async (confirmHostKeys: { endpoint: string; fingerprint: string }[]) => {
    const { status, body } = await product.api<TaskView>('POST', '/discover', { ...input, confirmHostKeys });
    expect(status, JSON.stringify(body)).toBe(202);
    return taskEnd(product, body.id);
  };
  const first = await ask([]);
  const seen = first.steps.flatMap((step) => (step.hostKey ? [step.hostKey] : []));
  expect(seen, JSON.stringify(first)).toHaveLength(1);
  return ask(seen.map(({ endpoint, fingerprint }) => ({ endpoint, fingerprint })));
}

/** From one master's address and a key to a deployment with every host key pinned. */
export async function addByDiscovery(product: Product, connection: Connection, name: string): Promise<DeploymentDetail> {
  const found = await discover(product, connection);
  expect(found.status, found.error ?? '').toBe('done');
  const { result } = found;
  if (!result) throw new Error('the discovery has no result');
  const { status, body } = await product.api<DeploymentDetail>('POST', '/deployments', {
    ...result.settings,
    name,
    livekitUrl: connection.livekitUrl,
    discoverTaskId: found.id,
    secrets: { livekitApiSecret: connection.apiSecret },
    confirmHostKeys: result.hostKeys.map(({ endpoint, fingerprint }) => ({ endpoint, fingerprint })),
  });
  expect(status, JSON.stringify(body)).toBe(201);
  return body;
}

export const nodesOf = async (product: Product, slug: string) =>
  (await product.api<{ items: NodeView[] }>('GET', `/deployments/${slug}/nodes`)).body.items;
