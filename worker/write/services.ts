import { containersOf, type Snapshot } from '@/lib/rules/health';
import { iso } from './json';
import type { IncarnationRow, NodeRow, ServiceRow } from './rows';

/** Services of every node whose stream is live; the others keep their rows. A container that was there and is not listed is missing. */
export function serviceRows(s: Snapshot, before: ReadonlyMap<string, ServiceRow>): Map<string, ServiceRow> {
  const rows = new Map<string, ServiceRow>();
  for (const node of s.nodes) {
    const containers = containersOf(node, s.now);
    if (!containers) continue;
    for (const c of containers.values()) {
      const key = `${node.id} ${c.name}`;
      const old = before.get(key);
      const since = old?.state === c.state ? old.since : (iso(c.since) ?? new Date(s.now).toISOString());
      rows.set(key, {
        service: c.name,
        state: c.state,
        image: c.image,
        startedAt: iso(c.startedAt),
        finishedAt: iso(c.finishedAt),
        restartCount: c.restartCount,
        exitCode: c.exitCode,
        oomKilled: c.oomKilled,
        since,
        nodeId: node.id,
      });
    }
    for (const [key, old] of before) {
      if (old.nodeId !== node.id || containers.has(old.service) || old.service === 'openvidu-init') continue;
      rows.set(key, { ...old, state: 'missing', since: old.state === 'missing' ? old.since : new Date(s.now).toISOString() });
    }
  }
  return rows;
}

/** The life of the LiveKit process now on each node. It has ended when the node says so or another id has come. */
export function incarnationRows(
  s: Snapshot,
  states: ReadonlyMap<string, NodeRow>,
  before: ReadonlyMap<string, IncarnationRow>,
): Map<string, IncarnationRow> {
  const rows = new Map<string, IncarnationRow>();
  for (const node of s.nodes) {
    const id = node.livekitNodeId;
    const state = states.get(node.id);
    if (id === null || !state) continue;
    const key = `${node.id} ${id}`;
    const old = before.get(key);
    const over = state.health === 'down' || state.stage === 'stopped' || state.stage === 'drained';
    const startedAt = old?.startedAt ?? iso(node.record?.id === id ? node.record.startedAt : null);
    rows.set(key, {
      nodeId: node.id,
      livekitNodeId: id,
      startedAt,
      endedAt: over ? (old?.endedAt ?? state.since) : node.present?.value ? null : (old?.endedAt ?? null),
    });
    for (const [otherKey, other] of before) {
      if (other.nodeId === node.id && otherKey !== key && other.endedAt === null)
        rows.set(otherKey, { ...other, endedAt: new Date(s.now).toISOString() });
    }
  }
  return rows;
}
