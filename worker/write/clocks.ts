import { Source } from '@/lib/contract/names';
import { isStale } from '@/lib/rules/freshness';
import type { NodeSnapshot, Snapshot } from '@/lib/rules/health';
import type { Timed } from '@/lib/rules/readings';
import { iso } from './json';
import type { ClockRow } from './rows';

const latest = (times: (number | null)[]) => times.reduce((a, b) => (a === null || (b !== null && b > a) ? b : a), null);

/** One row a source: when it last answered. For the two that are read node by node: the nodes that did not answer with the rest. */
export function clockRows(s: Snapshot): Map<string, ClockRow> {
  return new Map(Source.options.filter((source) => s.configured[source]).map((source) => [source, clockRow(s, source)]));
}

function clockRow(s: Snapshot, source: Source): ClockRow {
  if (source === 'stream') return perNode(s, source, (n) => n.stream);
  if (source === 'http') return perNode(s, source, httpOf);
  const t = s[source];
  return { source, readAt: iso(t.readAt), okAt: iso(t.okAt), error: t.error, exceptions: {} };
}

function perNode(s: Snapshot, source: 'stream' | 'http', of: (n: NodeSnapshot) => Timed<unknown>): ClockRow {
  const nodes = s.nodes.map((n) => ({ name: n.name, t: of(n) }));
  const behind = nodes.filter(({ t }) => t.error !== null || isStale(source, t.okAt, s.now));
  return {
    source,
    readAt: iso(latest(nodes.map(({ t }) => t.readAt))),
    okAt: iso(latest(nodes.map(({ t }) => t.okAt))),
    error: nodes.length > 0 && behind.length === nodes.length ? (behind[0]?.t.error ?? 'no node has answered yet') : null,
    exceptions: Object.fromEntries(behind.map(({ name, t }) => [name, { okAt: iso(t.okAt), error: t.error }])),
  };
}

/** A node's HTTP as one: the best of its probes. */
function httpOf(n: NodeSnapshot): Timed<unknown> {
  const probes = Object.values(n.http);
  const okAt = latest(probes.map((p) => p.okAt));
  const answered = probes.some((p) => p.value?.outcome === 'answered');
  return {
    value: null,
    okAt,
    readAt: latest(probes.map((p) => p.readAt)),
    error: answered || probes.length === 0 ? null : (probes[0]?.error ?? null),
  };
}
