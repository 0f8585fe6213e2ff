import { Client } from 'ssh2';
import type { Connection } from '@/lab/lab';

/** One command over a connection of its own, as the lab's root or as another user. Code is -1 when a signal ended it. */
export function sshCommand(
  connection: Connection,
  host: string,
  command: string,
  as: { user: string; password: string } | undefined = undefined,
): Promise<{ code: number; stdout: string; stderr: string; ms: number }> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const client = new Client();
    client.on('error', reject);
    client.on('ready', () =>
      client.exec(command, (error, channel) => {
        if (error) return reject(error);
        let stdout = '';
        let stderr = '';
        channel.on('data', (bytes: Buffer) => (stdout += bytes.toString()));
        channel.stderr.on('data', (bytes: Buffer) => (stderr += bytes.toString()));
        channel.on('close', (code: number | null) => {
          client.end();
          resolve({ code: code ?? -1, stdout, stderr, ms: performance.now() - started });
        });
      }),
    );
    const login = as
      ? { username: as.user, password: as.password }
      : { username: connection.sshUser, privateKey: connection.sshPrivateKey };
    client.connect({ host, port: connection.sshPort, readyTimeout: 20_000, ...login });
  });
}
