import { randomBytes } from 'node:crypto';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Client } from 'pg';
import { SecretKind } from '@/lib/contract/inventory';
import { ADMIN, DEPLOYMENT, ORIGIN, testWeb, type Web } from '@/test/web';
import { openLog } from './log';

let web: Web;
const written: string[] = [];
beforeAll(async () => {
  // pino writes to the descriptor itself; everything that a program of the house prints goes through one of these.
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => (written.push(String(chunk)), true));
  vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => (written.push(String(chunk)), true));
  web = await testWeb();
  web.rt.log = openLog('debug', { write: (line: string) => void written.push(line) });
});
afterAll(() => web.close());

const canary = () => `canary-${randomBytes(12).toString('hex')}`;

/** Every row of every table as text, as the owner sees it. */
async function everyRow(): Promise<string> {
  const client = new Client({ connectionString: web.database.url });
  await client.connect();
  const { rows: tables } = await client.query<{ name: string }>(
    "SELECT c.oid::regclass::text AS name FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace",
  );
  const texts: string[] = [];
  for (const { name } of tables) {
    const { rows } = await client.query<{ text: string }>(`SELECT t::text AS text FROM ${name} t`);
    texts.push(...rows.map((r) => `${name}: ${r.text}`));
  }
  await client.end();
  return texts.join('\n');
}

test('a secret that enters is found nowhere but sealed: not in answers, logs or rows', { timeout: 60_000 }, async () => {
  await web.administrator();
  const token = await web.token('admin');
  const passphrase = canary();
  const key = ssh2.utils.generateKeyPairSync('ed25519', { passphrase, cipher: 'aes256-ctr', rounds: 1 }).private;
  const secrets = {
    livekitApiSecret: canary(),
    sshKey: key,
    sshKeyPassphrase: passphrase,
    sshPassword: canary(),
    jumpKey: ssh2.utils.generateKeyPairSync('ed25519').private,
    jumpKeyPassphrase: canary(),
    jumpPassword: canary(),
    redisPassword: canary(),
    sentinelPassword: canary(),
  };
  expect(Object.keys(secrets).toSorted()).toEqual(SecretKind.options.toSorted());
  const settings = { ...DEPLOYMENT, ssh: { user: 'root', jump: { address: '10.0.0.1', user: 'jump' } } };
  const setup = canary();
  const answers: Response[] = [];
  const post = async (path: string, body: unknown, method = 'POST', headers: Record<string, string> = {}) => {
    const answer = await web.fetch(path, { token, method, body, headers });
    answers.push(answer);
    return answer;
  };

  const created = await post('/api/v1/deployments', { ...settings, secrets }, 'POST', { 'idempotency-key': 'once' });
  expect(created.status).toBe(201);
  await post('/api/v1/deployments', { ...settings, secrets }, 'POST', { 'idempotency-key': 'once' });
  // Ways to fail with a secret in the body.
  await post('/api/v1/deployments', { ...settings, slug: 'production', secrets }); // 409
  await post('/api/v1/deployments', { ...settings, masters: ['1'], secrets }); // 422
  await post('/api/v1/deployments', `${JSON.stringify({ ...settings, secrets })}}`); // 400
  await post('/api/v1/deployments', {
    ...settings,
    secrets: { ...secrets, livekitApiSecret: { nested: secrets.redisPassword } },
  });
  await post('/api/v1/deployments', { ...settings, secrets: { ...secrets, sshKey: secrets.redisPassword } });
  await post('/api/v1/deployments', { ...settings, secrets: { [secrets.redisPassword]: 'as a key' } });
  await post('/api/v1/deployments/production', { secrets: { redisPassword: secrets.redisPassword } }, 'PATCH', {
    'if-match': '"1"',
  });
  await web.workerSeen();
  await post('/api/v1/discover', { address: '10.0.0.11', secrets: { sshKey: key, sshKeyPassphrase: passphrase } });
  await post('/api/v1/setup', { token: setup, email: 'x@example.org', name: 'X', password: secrets.sentinelPassword });
  const origin = { origin: ORIGIN };
  answers.push(
    await web.fetch('/api/auth/sign-in/email', {
      method: 'POST',
      body: { email: ADMIN.email, password: secrets.sshPassword },
      headers: origin,
    }),
  );
  answers.push(await web.fetch('/api/auth/sign-in/email', { method: 'POST', body: ADMIN, headers: origin }));
  answers.push(await web.fetch(`/api/v1/deployments?cursor=${secrets.redisPassword}`, { token }));
  for (const path of ['', '/production', '/production/nodes', '/production/rooms'])
    answers.push(await web.fetch(`/api/v1/deployments${path}`, { token }));
  answers.push(await web.fetch('/api/v1/events', { token }), await web.fetch('/api/v1/tokens', { token }));

  const values = [
    ...Object.values(secrets).filter((s) => s.startsWith('canary')),
    ...[key, secrets.jumpKey].map((k) => k.split('\n')[2] ?? ''), // a line within the key
    ADMIN.password,
    token.slice(10),
    setup,
  ];
  const texts = await Promise.all(answers.map(async (a) => `${JSON.stringify([...a.headers])} ${await a.text()}`));
  const places = { answers: texts.join('\n'), logs: written.join('\n'), rows: await everyRow() };
  expect(places.logs).toContain('"path":"/api/v1/deployments"'); // the log was really caught
  for (const [place, text] of Object.entries(places)) {
    for (const value of values) {
      const spellings = [
        value,
        Buffer.from(value).toString('base64'),
        Buffer.from(value).toString('hex'),
        encodeURIComponent(value),
      ];
      for (const spelling of spellings) expect(text.includes(spelling), `${value.slice(0, 12)}… in ${place}`).toBe(false);
    }
  }

  // And sealed they are there: the worker's key opens each for its own endpoint, and for no other.
  const opener = await web.opener();
  const rows = await web.owner.secret.findMany();
  expect(rows.map((r) => r.kind).toSorted()).toEqual(SecretKind.options.toSorted());
  for (const { deploymentId, kind, boundTo, sealed } of rows) {
    const expected = secrets[SecretKind.parse(kind)];
    expect((await opener.open(sealed, { deploymentId, kind, boundTo })).trim()).toBe(expected.trim());
    await expect(opener.open(sealed, { deploymentId, kind, boundTo: `${boundTo}x` })).rejects.toThrow('enter it again');
  }
});
