import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { simConfig } from '@/lab/host/host-files';
import { until } from '@/lab/machine/process';
import { address } from '@/lab/plan';
import type { Lab } from '@/lab/lab';
import type { Scenario } from '@/lab/scenarios/scenario';

const TOTAL = 40;
const fleet = (lab: Lab) =>
  Array.from({ length: TOTAL - lab.plan.media.length }, (_, index) => address(lab.octet, 20 + lab.plan.media.length + index + 1));
const file = (lab: Lab, name: string) => join(lab.dir, 'hosts/balancer/root/run/lab/sims', name);
const START =
  'SIM_CONFIG=/run/lab/sims/fleet.json setsid /run/lab/bin/node /run/lab/repo/lab/sim/livekit.mjs >/var/log/fleet.log 2>&1 </dev/null & echo $! >/run/lab/state/fleet.pid';

export const fortyNodes: Scenario = {
  what: `So many simulated media nodes join in Redis that there are ${TOTAL}: heartbeats, presence, 5 rooms of 4 people each. They have no SSH and no media.`,
  expect: `${TOTAL} media nodes serve; the simulated ones are found in Redis but not declared.`,
  async apply(lab) {
    const first = lab.plan.media[0];
    if (!first) throw new Error('the lab has no media node');
    const config = {
      ...simConfig(lab.facts, first, 'livekit'),
      host: 'fleet',
      address: lab.plan.balancer,
      many: fleet(lab).map((node) => ({ address: node, rooms: 5, participants: 4 })),
    };
    writeFileSync(file(lab, 'fleet.json'), JSON.stringify(config));
    await lab.balancer(['sh', '-c', START]);
    await until(
      `${TOTAL} serving nodes`,
      async () => {
        const nodes = await lab.livekitNodes().catch(() => []);
        const serving = nodes.filter((node) => node.state === 'serving' && node.ageSeconds < 5).length;
        return (serving >= TOTAL && existsSync(file(lab, 'livekit.control'))) || undefined;
      },
      30_000,
    );
  },
  async heal(lab) {
    const control = file(lab, 'livekit.control');
    if (existsSync(control)) {
      const url = readFileSync(control, 'utf8');
      // Leaves as a forced server does: rooms closed, entries removed. A fleet that died before leaves its entries.
      for (const node of fleet(lab)) {
        await fetch(new URL('force', url), {
          method: 'POST',
          body: JSON.stringify({ address: node }),
          signal: AbortSignal.timeout(5000),
        }).catch(() => undefined);
      }
    }
    await lab.balancer(['sh', '-c', 'kill "$(cat /run/lab/state/fleet.pid)"']);
    for (const name of ['livekit.control', 'fleet.json']) rmSync(file(lab, name), { force: true });
  },
};
