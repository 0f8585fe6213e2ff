import type { DeploymentSettings } from '@/lib/contract/inventory';
import { LinkError, Unreachable } from '@/lib/links/errors';
import type { Shell } from '@/lib/links/shell';
import { openNodeStream } from '@/lib/links/stream';
import type { HostReading } from '@/lib/rules/readings';
import type { CheckedNode } from './check-data';

const FIRST_READING_MS = 15_000;

/** One tick of the very script that observes: what it may not do there shows here. @throws LinkError */
export async function firstReading(
  shell: Shell,
  { address }: CheckedNode,
  { ssh, installDir, ports }: Pick<DeploymentSettings, 'ssh' | 'installDir' | 'ports'>,
  signal: AbortSignal,
): Promise<HostReading> {
  const { egressHealth, ingressHealth } = ports;
  const done = new AbortController();
  const limit = AbortSignal.any([signal, done.signal, AbortSignal.timeout(FIRST_READING_MS)]);
  try {
    return await new Promise<HostReading>((resolve, reject) => {
      const late = () =>
        reject(new Unreachable(`The node did not report within ${FIRST_READING_MS / 1000} s.`, 'Is it overloaded?'));
      limit.addEventListener('abort', late, { once: true });
      openNodeStream(
        shell,
        { mode: ssh?.mode ?? 'full', intervalSeconds: 5, installDir, address, egressHealth, ingressHealth },
        {
          onReading: resolve,
          onEvent: () => undefined,
          onEnd: (error) => reject(error ?? new LinkError('The node ended its report.')),
        },
        limit,
      ).catch(reject);
    });
  } finally {
    done.abort();
  }
}

/** What the reading says of the user's rights, as the end of the step. */
export function rightsOf(reading: HostReading, { installDir, ssh }: Pick<DeploymentSettings, 'installDir' | 'ssh'>) {
  const user = ssh?.user ?? 'root';
  if (reading.containers === null)
    return {
      state: 'warning' as const,
      detail: `Logged in as ${user}; containers are not visible: ${reading.containersError ?? 'no answer'}.`,
      advice:
        ssh?.mode === 'readonly'
          ? 'Add the sudoers lines that are shown.'
          : 'Start Docker, or give the user the right to use it.',
    };
  if (reading.diskTotal === null)
    return {
      state: 'warning' as const,
      detail: `Logged in as ${user}; there is no ${installDir}.`,
      advice: 'Correct the install folder.',
    };
  return { detail: `Logged in as ${user}; Docker answers with ${reading.containers.length} containers.` };
}
