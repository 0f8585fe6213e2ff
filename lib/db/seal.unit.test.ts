import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { generateSealingKeys, loadOpener, loadSealer } from './seal';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'seal-'));
});
afterAll(() => rm(dir, { recursive: true }));
const context = { deploymentId: 'd1', kind: 'sshKey', boundTo: 'ssh:root@10.0.0.1:22' };

it('opens what web sealed, only with the private key and only for the endpoint it was given for', async () => {
  const { privateFile, publicFile } = await generateSealingKeys(dir);
  const web = await loadSealer(publicFile);
  const worker = await loadOpener(privateFile);
  const box = await web.seal('päss\n', context);
  expect(Buffer.from(box).includes('päss')).toBe(false);
  expect(await worker.open(Buffer.from(box), context)).toBe('päss\n');
  expect('open' in web).toBe(false);
  await expect(worker.open(box, { ...context, boundTo: 'ssh:root@10.6.6.6:22' })).rejects.toThrow('enter it again');
  await expect(worker.open(box, { ...context, deploymentId: 'd2' })).rejects.toThrow('enter it again');
  expect((await stat(privateFile)).mode & 0o777).toBe(0o600);
});

it('keeps an existing key pair', async () => {
  const first = await loadSealer((await generateSealingKeys(dir)).publicFile);
  expect((await loadSealer((await generateSealingKeys(dir)).publicFile)).keyId).toBe(first.keyId);
});
