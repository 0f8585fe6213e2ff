import { LinkError } from '@/lib/links/errors';
import { type Probe, probeHttp, probeThrough } from '@/lib/links/http';
import type { Shell } from '@/lib/links/shell';
import { probesOf } from '@/lib/links/targets';
import type { Report } from '@/lib/platforms/platform';
import { inBatches, runStep } from '@/lib/platforms/step';
import type { HttpReading } from '@/lib/rules/readings';
import type { CheckData, CheckedNode } from './check-data';

/** Modules that an installation may do without. */
const OPTIONAL: HttpReading['probe'][] = ['minio', 'mimir', 'loki', 'grafana'];

/** Health pages of every node: from a node where one is logged in (inner ports are closed to us), else from here. */
export async function checkHttp(data: CheckData, shells: Shell[], report: Report, signal: AbortSignal): Promise<void> {
  const all = data.nodes.flatMap((node) =>
    probesOf(node.role, node.address, data.settings.ports).map((probe) => ({ node, probe })),
  );
  const lots = Array.from({ length: Math.ceil(all.length / 40) }, (_, i) => all.slice(i * 40, (i + 1) * 40));
  await inBatches(lots, 2, async (lot) => {
    const readings = askAll(
      lot.map((l) => l.probe),
      data,
      shells,
      signal,
    );
    await Promise.all(lot.map(({ node, probe }, i) => reportOne(node, probe, readings, i, report)));
  });
}

async function askAll(probes: Probe[], { settings }: CheckData, shells: Shell[], signal: AbortSignal): Promise<HttpReading[]> {
  for (const shell of shells.slice(0, 2)) {
    try {
      return await probeThrough(shell, probes, { timeoutSeconds: 4, signal });
    } catch {
      // The next node may do.
    }
  }
  return inBatches(probes, 10, (probe) => probeHttp(probe, { timeoutMs: 4_000, tls: settings.tls }));
}

async function reportOne(
  node: CheckedNode,
  { probe, url }: Probe,
  readings: Promise<HttpReading[]>,
  index: number,
  report: Report,
) {
  await runStep(report, { key: `http:${node.address}:${probe}`, label: `${probe} on ${node.name}` }, async () => {
    const reading = (await readings)[index];
    if (!reading) throw new LinkError('It was not asked.');
    if (reading.ok) return { value: null, detail: `${url} answers ${reading.status ?? ''}.` };
    const optional = OPTIONAL.includes(probe) && reading.outcome === 'refused';
    return {
      value: null,
      state: optional ? ('warning' as const) : ('failed' as const),
      detail: `${url}: ${reading.detail}.`,
      advice: optional
        ? 'Nothing to do where this module is not installed or storage is elsewhere.'
        : reading.outcome === 'answered'
          ? `Look at the log of ${probe === 'livekit' ? 'openvidu' : probe} on ${node.name}.`
          : 'Is the service running, is the port right, does a firewall stand between?',
    };
  });
}
