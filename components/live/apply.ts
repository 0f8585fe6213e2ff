import type { QueryClient, QueryKey } from '@tanstack/react-query';
import type { Delta } from '@/lib/contract/events';
import type { NodeView } from '@/lib/contract/inventory';
import { orpc } from './client';

type Reload = NonNullable<Delta['reload']>[number];

/** What is read anew when a list was too long to send. */
function keysOf(what: Reload, slug: string): QueryKey[] {
  const input = { slug };
  const keys: Record<Reload, QueryKey[]> = {
    deployment: [orpc.deployments.list.key(), orpc.deployments.get.key({ input })],
    nodes: [orpc.nodes.list.key({ input }), orpc.nodes.get.key({ input })],
    services: [orpc.nodes.get.key({ input })],
    rooms: [orpc.rooms.list.key({ input }), orpc.rooms.get.key({ input })],
    egress: [orpc.egress.key({ input }), orpc.rooms.get.key({ input })],
    ingress: [orpc.ingress.key({ input })],
    events: [orpc.events.key()],
  };
  return keys[what];
}

/** Patches what the pages show; figures change in place, nothing is fetched that came along. @returns what must be read anew. */
export function applyDelta(queries: QueryClient, delta: Delta): QueryKey[] {
  const { deployment: slug, status, nodes, removedNodes } = delta;
  const anew = (delta.reload ?? []).flatMap((what) => keysOf(what, slug));
  const input = { slug };

  if (status) {
    queries.setQueriesData<{ items: { slug: string }[] }>(
      { queryKey: orpc.deployments.list.key({ type: 'query' }) },
      (list) => list && { ...list, items: list.items.map((d) => (d.slug === slug ? { ...d, ...status } : d)) },
    );
    queries.setQueryData(orpc.deployments.get.queryKey({ input }), (was) => was && { ...was, ...status });
  }
  if (nodes || removedNodes) {
    queries.setQueryData(
      orpc.nodes.list.queryKey({ input }),
      (list) => list && { items: mergeNodes(list.items, nodes, removedNodes) },
    );
    for (const node of nodes ?? []) {
      queries.setQueryData(orpc.nodes.get.queryKey({ input: { slug, node: node.name } }), (was) => was && { ...was, ...node });
    }
    // The matrix is made of the masters and is not part of a delta.
    if (nodes?.some((node) => node.role !== 'media')) anew.push(orpc.deployments.get.key({ input }));
  }
  return anew;
}

function mergeNodes(items: NodeView[], changed: NodeView[] = [], removed: string[] = []): NodeView[] {
  const byName = new Map(changed.map((node) => [node.name, node]));
  const kept = items.filter((node) => !removed.includes(node.name)).map((node) => byName.get(node.name) ?? node);
  const known = new Set(items.map((node) => node.name));
  return [...kept, ...changed.filter((node) => !known.has(node.name))];
}

/** Gathers invalidations for half a second, so that a busy deployment costs one request a list and not one a change. */
export function batchedInvalidation(queries: QueryClient, delayMs = 500) {
  const waiting = new Map<string, QueryKey>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  return (keys: QueryKey[]) => {
    for (const key of keys) waiting.set(JSON.stringify(key), key);
    if (waiting.size === 0) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      const batch = [...waiting.values()];
      waiting.clear();
      for (const queryKey of batch) void queries.invalidateQueries({ queryKey });
    }, delayMs);
  };
}
