import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Lab, startLab } from '@/lab/index';
import type { HostReading } from '@/lib/rules/readings';
import { sudoersLines } from '@/lib/rules/sudoers';
import { openShell } from '@/lib/links/shell';
import { openNodeStream } from '@/lib/links/stream';
import { onprem } from './index';

const installDir = '/opt/openvidu';
// Where docker stands depends on the machine the lab runs on.
const rules = [
  ...new Set(['/usr/bin/docker', '/usr/local/bin/docker'].flatMap((docker) => sudoersLines('observer', { installDir, docker }))),
]
  .filter((line) => !line.startsWith('#'))
  .map((line) => line.replace(/^observer /, ''));

let lab: Lab;
beforeAll(async () => {
  lab = await startLab({ name: 'test-discover', octet: 36, media: 1, layout: 'per-node', livekit: 'simulated', observer: rules });
});
afterAll(() => lab?.stop());

test('a 3.0 installation with per-node files is found whole by a user who has only the shown sudoers lines', async () => {
  const { masters, media, sshPort, observer, redisPassword, apiSecret } = lab.connection;
  if (!observer) return console.warn('skipped: sudo cannot work in this lab');
  const request = {
    ...{ address: masters[1] ?? '', port: sshPort, user: observer.user, auth: 'password' as const, mode: 'readonly' as const },
    ...{ jump: null, installDir, secrets: { sshPassword: observer.password } },
  };
  const discover = onprem.discover ?? (() => expect.fail('it cannot discover'));
  const signal = AbortSignal.timeout(60_000);
  const first = await discover({ ...request, confirmHostKeys: [] }, () => undefined, signal);
  const found = await discover({ ...request, confirmHostKeys: first.hostKeys }, () => undefined, signal);
  expect(found.settings.masters).toEqual(masters);
  expect(found.mediaNodes.map((n) => n.address)).toEqual(media);
  expect(found.detected).toMatchObject({ version: '3.0.0', configLayout: 'per-node', rtcEngine: 'pion' });
  expect(found.secrets).toEqual({ livekitApiSecret: apiSecret, redisPassword });
  expect(found.hostKeys).toHaveLength(masters.length + media.length);

  const address = media[0] ?? '';
  const pinned = found.hostKeys.filter((k) => k.endpoint === `${address}:${sshPort}`);
  const auth = { kind: 'password' as const, password: observer.password };
  const shell = await openShell({ address, port: sshPort, user: observer.user, auth, mode: 'readonly', pinned });
  const reading = await new Promise<HostReading>((resolve, reject) => {
    const options = {
      mode: 'readonly' as const,
      intervalSeconds: 1,
      installDir,
      address,
      egressHealth: 9091,
      ingressHealth: 9092,
    };
    const handlers = {
      onReading: resolve,
      onEvent: () => undefined,
      onEnd: (e: Error | null) => reject(e ?? new Error('ended')),
    };
    openNodeStream(shell, options, handlers).catch(reject);
  });
  shell.close();
  expect(reading.containersError).toBeNull();
  expect(reading.containers?.map((c) => [c.name, c.state])).toEqual(
    expect.arrayContaining([
      ['openvidu', 'running'],
      ['egress', 'running'],
    ]),
  );
  expect(reading).toMatchObject({ egressIds: [], ingressAvailable: true });
});
