import type { Health, Severity } from '@/lib/contract/names';
import type { Snapshot } from '@/lib/rules/health';
import type { DeploymentRow, EventRow, NodeRow, RoomRow, ServiceRow } from './rows';

type Before<T> = { changed: ReadonlyMap<string, T>; before: ReadonlyMap<string, T> };

const GRAVITY: Record<Health, Severity> = { up: 'info', unstable: 'warning', down: 'critical', unknown: 'warning' };

/** Events that people read, from what is about to be written against what was. The first sight of a thing is no event. */
export function happenings(
  s: Snapshot,
  d: {
    nodes: Before<NodeRow>;
    services: Before<ServiceRow>;
    rooms: Before<RoomRow>;
    deployment: { next: DeploymentRow; before: DeploymentRow | null };
  },
): EventRow[] {
  const at = new Date(s.now).toISOString();
  const names = new Map(s.nodes.map((n) => [n.id, n.name]));
  const base = { at, node: null, room: null, data: {} };
  const events: EventRow[] = [];

  for (const [id, next] of d.nodes.changed) {
    const old = d.nodes.before.get(id);
    const node = names.get(id) ?? null;
    if (!old || node === null) continue;
    if (old.health !== next.health) {
      events.push({
        ...base,
        kind: `node.${next.health}`,
        severity: GRAVITY[next.health],
        node,
        sentence: `${node}: ${next.sentence}`,
        data: { from: old.health, to: next.health, reasons: next.reasons.map((r) => r.code) },
      });
    } else if (old.stage !== next.stage) {
      events.push({
        ...base,
        kind: `node.${next.stage}`,
        severity: 'info',
        node,
        sentence: `${node}: ${next.sentence}`,
        data: { from: old.stage, to: next.stage },
      });
    }
    if ((next.figures.reboots ?? 0) > (old.figures.reboots ?? 0)) {
      events.push({
        ...base,
        kind: 'node.rebooted',
        severity: 'warning',
        node,
        sentence: `${node} was restarted.`,
        data: { bootedAt: next.figures.bootedAt },
      });
    }
  }
  for (const [key, next] of d.services.changed) {
    const old = d.services.before.get(key);
    const node = names.get(next.nodeId) ?? null;
    if (!old || node === null) continue;
    if (old.state !== next.state) {
      const bad = next.state !== 'running';
      const exit = next.state === 'exited' && next.exitCode !== null ? ` with ${next.exitCode}` : '';
      events.push({
        ...base,
        kind: `service.${next.state}`,
        severity: bad ? 'warning' : 'info',
        node,
        sentence: `${next.service} on ${node}: ${next.state}${exit}.`,
        data: { service: next.service, from: old.state, exitCode: next.exitCode },
      });
    } else if (next.restartCount > old.restartCount) {
      events.push({
        ...base,
        kind: 'service.restarted',
        severity: 'warning',
        node,
        sentence: `${next.service} on ${node} was started again by Docker (${next.restartCount} times in all).`,
        data: { service: next.service, restartCount: next.restartCount },
      });
    }
  }
  for (const [sid, next] of d.rooms.changed) {
    const old = d.rooms.before.get(sid);
    if (!old?.livekitNodeId || !next.livekitNodeId || old.livekitNodeId === next.livekitNodeId) continue;
    const [from, to] = [old, next].map((r) => (r.nodeId ? names.get(r.nodeId) : null) ?? 'a node that is not known');
    events.push({
      ...base,
      kind: 'room.moved',
      severity: 'info',
      node: next.nodeId ? (names.get(next.nodeId) ?? null) : null,
      room: next.name,
      sentence: `The room ${next.name} moved from ${from} to ${to}.`,
      data: { sid, from, to },
    });
  }
  const { next, before } = d.deployment;
  if (before && before.status !== next.status) {
    const severity: Severity = next.status === 'DOWN' ? 'critical' : next.status === 'UP' ? 'info' : 'warning';
    events.push({
      ...base,
      kind: 'deployment.status',
      severity,
      sentence: next.sentence,
      data: { from: before.status, to: next.status },
    });
  }
  return events;
}
