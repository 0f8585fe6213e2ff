import { runArguments } from '@/lab/deployment/containers';
import { servicesOf } from '@/lab/deployment/services';
import { containerFacts } from '@/lab/host/host-files';
import { until } from '@/lab/machine/process';
import { servesAgain } from '@/lab/scenarios/conditions';
import type { Lab } from '@/lab/lab';
import type { Scenario } from '@/lab/scenarios/scenario';

const HOST = 'media-1';
const SKEW_SECONDS = 90;
const DATE = `#!/bin/sh\nexec /usr/bin/date -d '${SKEW_SECONDS} seconds' "$@"\n`;

function openviduArguments(lab: Lab, simulated: boolean): string[] {
  const host = lab.host(HOST);
  const service = servicesOf('media', host.plan.index, lab.facts.version).find((each) => each.container === 'openvidu');
  if (!service) throw new Error('a media node has no openvidu container');
  const facts = containerFacts(lab.facts, host.plan);
  return runArguments(service, host.plan, simulated ? { ...facts, livekitIsReal: false } : facts);
}

export const clockSkew: Scenario = {
  what: `Simulated: on ${HOST} \`date\` is ${SKEW_SECONDS} s ahead, and LiveKit is replaced by a simulation whose heartbeats are too.`,
  expect: `${HOST}: its heartbeats come from the future; it serves, and the skew of its clock is named.`,
  async apply(lab) {
    const host = lab.host(HOST);
    host.writeFile('/local/bin/date', DATE, 0o755);
    const words = openviduArguments(lab, true);
    const at = words.indexOf('--restart');
    const script = words.pop() ?? '';
    words.splice(at, 0, '-e', `LAB_CLOCK_SKEW_MS=${SKEW_SECONDS * 1000}`);
    await host.must(['docker', 'rm', '-f', 'openvidu']);
    await host.must(['docker', ...words, '--import', 'file:///run/lab/repo/lab/host/skewed-clock.mjs', script]);
    await until('the skewed heartbeat', async () => {
      const node = await lab.livekit(HOST).catch(() => undefined);
      return (node && node.ageSeconds < 5 - SKEW_SECONDS) || undefined;
    });
  },
  async heal(lab) {
    const host = lab.host(HOST);
    await host.must(['rm', '-f', '/usr/local/bin/date']);
    // SIGTERM drains the simulation: it removes its own entry, which would look fresh for as long as its clock was ahead.
    await host.exec(['docker', 'stop', '-t', '15', 'openvidu']);
    await host.exec(['docker', 'rm', '-f', 'openvidu']);
    await host.must(['docker', ...openviduArguments(lab, false)]);
    await servesAgain(lab, HOST);
  },
};
