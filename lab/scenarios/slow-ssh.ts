import { connect } from 'node:net';
import { until } from '@/lab/machine/process';
import type { Lab } from '@/lab/lab';
import type { Scenario } from '@/lab/scenarios/scenario';

const HOST = 'media-1';

async function serve(lab: Lab, how: 'normal' | 'slow'): Promise<void> {
  const host = lab.host(HOST);
  await host.must(['sh', '/run/lab/repo/lab/host/ssh-server.sh', how]);
  await until(`the SSH server of ${HOST}`, () => greets(host.address, lab.connection.sshPort));
}

/** The port's first bytes are an SSH greeting. */
const greets = (address: string, port: number) =>
  new Promise<true | undefined>((resolve) => {
    const socket = connect({ host: address, port, timeout: 3000 });
    const end = (answer?: true) => (socket.destroy(), resolve(answer));
    socket.once('data', (bytes) => end(bytes.toString('latin1').startsWith('SSH-2.0') || undefined));
    socket.once('error', () => end());
    socket.once('timeout', () => end());
    socket.once('close', () => end());
  });

export const slowSsh: Scenario = {
  what: `The SSH server of ${HOST} answers through a proxy that delays every byte by 0.5 s in each direction; open sessions end.`,
  expect: `${HOST}: connecting takes several seconds, what comes over SSH is late and says how old it is; everything else is as before.`,
  apply: (lab) => serve(lab, 'slow'),
  heal: (lab) => serve(lab, 'normal'),
};
