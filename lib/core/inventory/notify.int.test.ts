import { Client } from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { DEPLOYMENT, testWeb, type Web } from '@/test/web';
import { INVENTORY_CHANNEL } from '../verb';

let web: Web;
let token: string;
let listener: Client;
let heard = 0;
beforeAll(async () => {
  web = await testWeb();
  token = await web.token('admin');
  listener = new Client({ connectionString: web.database.workerUrl });
  await listener.connect();
  listener.on('notification', () => (heard += 1));
  await listener.query(`LISTEN ${INVENTORY_CHANNEL}`);
});
afterAll(async () => {
  await listener.end();
  await web.close();
});

const D = '/deployments/production';
const PIN = { keys: [{ endpoint: '10.0.0.11:22', algorithm: 'ssh-ed25519', fingerprint: 'SHA256:abc' }] };
/** In this order; each is one transaction. */
const VERBS: [name: string, method: string, path: string, body: object, status: number, headers?: Record<string, string>][] = [
  ['create', 'POST', '/deployments', DEPLOYMENT, 201],
  ['update', 'PATCH', D, { name: 'Other' }, 200, { 'if-match': '"1"' }],
  ['pin host keys', 'POST', `${D}/host-keys`, PIN, 200],
  ['declare', 'POST', `${D}/nodes`, { name: 'media-9', address: '10.0.0.29' }, 201],
  ['forget', 'DELETE', `${D}/nodes/media-9`, {}, 200],
  ['remove', 'DELETE', D, { confirm: 'Other' }, 200],
];

test('every change of the inventory is told to the worker with its commit, a refused one is not', async () => {
  for (const [name, method, path, body, status, headers] of VERBS) {
    const before = heard;
    const answer = await web.fetch(`/api/v1${path}`, { method, token, body, headers });
    expect([name, answer.status, await answer.text()]).toEqual([name, status, expect.any(String)]);
    await vi.waitFor(() => expect([name, heard]).toEqual([name, before + 1]), { timeout: 2_000 });
  }
  const before = heard;
  expect((await web.fetch(`/api/v1${D}`, { method: 'DELETE', token, body: { confirm: 'Other' } })).status).toBe(404);
  await listener.query('SELECT 1'); // what was sent before has arrived by now
  expect(heard).toBe(before);
});
