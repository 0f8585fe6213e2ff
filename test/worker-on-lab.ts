import { randomUUID } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type pg from 'pg';
import pino from 'pino';
import type { Lab } from '@/lab/index';
import { DeploymentSettings, type SecretKind } from '@/lib/contract/inventory';
import { generateSealingKeys, loadOpener } from '@/lib/db/seal';
import { HostKeyUnknown } from '@/lib/links/errors';
import { openShell } from '@/lib/links/shell';
import { sshTarget } from '@/lib/links/targets';
import { endpointOf } from '@/lib/rules/secret-endpoint';
import { openLinks } from '@/worker/observe/open-links';
import { runWorker, type Worker } from '@/worker/run';

/** A lab as an operator would add it: settings, sealed secrets, pinned host keys; and a worker with the real links. For tests. */
export async function addLab(owner: pg.Pool, lab: Lab): Promise<{ id: string; start: (databaseUrl: string) => Worker }> {
  const c = lab.connection;
  const id = randomUUID();
  const settings = DeploymentSettings.parse({
    domain: c.domain,
    livekitUrl: c.livekitUrl,
    livekitApiKey: c.apiKey,
    masters: c.masters,
    ssh: { user: c.sshUser },
    ports: { ssh: c.sshPort, redis: c.redisPort, sentinel: c.sentinelPort },
    installDir: c.installDir,
  });
  await owner.query('INSERT INTO deployment (id, slug, name, platform, settings) VALUES ($1, $2, $2, $3, $4)', [
    id,
    lab.name,
    'onprem',
    JSON.stringify(settings),
  ]);

  const { privateFile } = await generateSealingKeys(await mkdtemp(path.join(tmpdir(), 'signalbox-keys-')));
  const opener = await loadOpener(privateFile);
  const secrets: [SecretKind, string][] = [
    ['livekitApiSecret', c.apiSecret],
    ['sshKey', c.sshPrivateKey],
    ['redisPassword', c.redisPassword],
  ];
  for (const [kind, value] of secrets) {
    const boundTo = endpointOf(kind, settings) ?? '';
    const sealed = await opener.seal(value, { deploymentId: id, kind, boundTo });
    await owner.query('INSERT INTO secret (deployment_id, kind, bound_to, sealed, key_id) VALUES ($1, $2, $3, $4, $5)', [
      id,
      kind,
      boundTo,
      Buffer.from(sealed),
      opener.keyId,
    ]);
  }
  for (const address of [...c.masters, ...c.media]) {
    const target = sshTarget(settings, { sshKey: c.sshPrivateKey }, [], address);
    const { hostKey } = await openShell(target).then(
      () => Promise.reject(new Error('a host key was accepted that nobody confirmed')),
      (error: unknown) => (error instanceof HostKeyUnknown ? error : Promise.reject(error)),
    );
    await owner.query(
      'INSERT INTO host_key (deployment_id, endpoint, algorithm, fingerprint, public_key, confirmed_by) VALUES ($1, $2, $3, $4, $5, $6)',
      [id, hostKey.endpoint, hostKey.algorithm, hostKey.fingerprint, hostKey.publicKey, 'test'],
    );
  }
  const log = pino({ level: process.env.TEST_LOG ?? 'silent' });
  return { id, start: (databaseUrl) => runWorker({ databaseUrl, opener, openLinks, log }) };
}
