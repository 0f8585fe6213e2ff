import { dialAuto, dialDirect, dialThrough } from '@/lib/links/dial';
import { LinkError } from '@/lib/links/errors';
import { openLivekit } from '@/lib/links/livekit';
import { readMongo } from '@/lib/links/mongo';
import { openRedis } from '@/lib/links/redis';
import { openShell, type Shell } from '@/lib/links/shell';
import { livekitTarget, redisTarget, sshTarget } from '@/lib/links/targets';
import { inBatches, runStep } from '@/lib/platforms/step';
import type { Report } from '@/lib/platforms/platform';
import { type CheckData, type CheckedNode, loadCheckData } from './check-data';
import { checkHttp } from './check-http';
import { firstReading, rightsOf } from './check-rights';
import type { TaskContext } from './run-tasks';
import type { ClaimedTask } from './task-rows';
import { withoutSecrets } from './without-secrets';

/** Tests each link apart; what fails says why and what to do, and never stops the others. */
export async function check(task: ClaimedTask, { db, opener, report: raw, signal }: TaskContext): Promise<null> {
  const data = await loadCheckData(db, opener, task.deploymentId);
  const report: Report = (step) => raw(withoutSecrets(step, data.secrets));
  reportUnopened(data, report);
  const shells: Shell[] = [];
  try {
    await Promise.all([
      checkLivekit(data, report, signal),
      (async () => {
        await inBatches(data.nodes, 8, (node) => checkSsh(node, data, shells, report, signal));
        await Promise.all([
          checkRedis(data, shells, report),
          checkMongo(data, shells, report),
          checkHttp(data, shells, report, signal),
        ]);
      })(),
    ]);
    return null;
  } finally {
    for (const shell of shells) shell.close();
  }
}

function reportUnopened({ unopened }: CheckData, report: Report) {
  for (const [kind, why] of Object.entries(unopened))
    report({
      key: `secret:${kind}`,
      label: `Stored ${kind}`,
      state: 'failed',
      detail: why,
      advice: 'Enter it again.',
      ms: null,
      hostKey: null,
    });
}

const skipped = (detail: string, advice: string) => ({ value: null, state: 'skipped' as const, detail, advice });

async function checkSsh(node: CheckedNode, data: CheckData, shells: Shell[], report: Report, signal: AbortSignal): Promise<void> {
  await runStep(report, { key: `ssh:${node.address}`, label: `SSH to ${node.name} (${node.address})` }, async () => {
    const { settings } = data;
    if (!settings.ssh)
      return skipped('SSH is not set up.', 'Give an SSH user and a key: containers, CPU, memory and disk come from there.');
    const shell = await openShell(sshTarget(settings, data.secrets, data.pins, node.address), { signal });
    shells.push(shell);
    const shown = shell.hostKeys.find((k) => k.endpoint === shell.endpoint);
    const hostKey = shown
      ? { endpoint: shown.endpoint, algorithm: shown.algorithm, fingerprint: shown.fingerprint, state: 'pinned' as const }
      : null;
    return { value: null, hostKey, ...rightsOf(await firstReading(shell, node, settings, signal), settings) };
  });
}

async function checkRedis({ settings, secrets }: CheckData, shells: Shell[], report: Report): Promise<void> {
  await runStep(report, { key: 'redis', label: 'Redis through Sentinel' }, async () => {
    if (settings.masters.length === 0)
      return skipped('No master addresses are given.', 'Give the 4 masters: which room is on which node comes from Redis.');
    const tunnel = dialThrough(() => shells);
    const dial = settings.redisVia === 'direct' ? dialDirect : settings.redisVia === 'tunnel' ? tunnel : dialAuto(tunnel);
    const link = openRedis(redisTarget(settings, secrets, dial));
    try {
      const [sentinel, reading] = await Promise.all([link.sentinel(), link.read()]);
      const silent = sentinel.peers.filter((p) => !p.answered);
      const detail = `Master ${reading.master}, ${reading.nodes.length} media nodes, ${reading.rooms.length} rooms.`;
      if (silent.length === 0) return { value: null, detail };
      return {
        value: null,
        state: 'warning',
        detail: `${detail} Sentinel did not answer on ${silent.map((p) => p.address).join(', ')}: ${silent[0]?.error ?? ''}`,
        advice: 'Look at redis-sentinel on these masters.',
      };
    } finally {
      link.close();
    }
  });
}

async function checkMongo({ settings }: CheckData, shells: Shell[], report: Report): Promise<void> {
  await runStep(report, { key: 'mongo', label: 'MongoDB' }, async () => {
    if (settings.masters.length === 0) return skipped('No master addresses are given.', 'Give the 4 masters.');
    const { members, primary } = await readMongo({
      members: settings.masters,
      port: settings.ports.mongo,
      dial: dialAuto(dialThrough(() => shells)),
    });
    const silent = members.filter((m) => !m.answered);
    if (silent.length === members.length)
      throw new LinkError(`No member answered: ${silent[0]?.error ?? ''}`, 'Add SSH access to a master, or open the Mongo port.');
    const detail = primary ? `Primary on ${primary}.` : 'There is no primary.';
    const missing =
      silent.length > 0 ? ` No answer from ${silent.map((m) => m.address).join(', ')}: ${silent[0]?.error ?? ''}` : '';
    return { value: null, detail: detail + missing, state: !primary ? 'failed' : silent.length > 0 ? 'warning' : 'ok' };
  });
}

async function checkLivekit({ settings, secrets }: CheckData, report: Report, signal: AbortSignal): Promise<void> {
  await runStep(report, { key: 'livekit', label: 'LiveKit API' }, async () => {
    const target = livekitTarget(settings, secrets);
    if (!target)
      return skipped('URL, API key or secret is missing.', 'Give all three: people, egress and ingress come from there.');
    const { rooms, egress, ingress } = await openLivekit(target).read(signal);
    return { value: null, detail: `${rooms.length} rooms, ${egress.length} egress, ${ingress.length} ingress.` };
  });
}
