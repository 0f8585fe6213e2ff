import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from '@playwright/test';
import { SETTINGS_DEFAULTS } from '@/components/deployment-form/defaults';
import { look, own } from './look';
import { fingerprint, playNextTask, step } from './task-player';

const MASTERS = ['10.30.0.11', '10.30.0.12', '10.30.0.13', '10.30.0.14'];
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const KEY = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
const LOCKED_KEY = privateKey.export({ type: 'pkcs1', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'p' }).toString();

const hostKey = (address: string, state: 'pinned' | 'new' | 'changed') => ({
  endpoint: `${address}:22`,
  algorithm: 'ssh-ed25519',
  fingerprint: fingerprint(`${address}:22`),
  state,
});

test('by hand: only the name is needed, and what is missing is said to be unknown', async ({ page }) => {
  await page.goto('/add?by=hand');
  await expect(page.getByText('Without it, which room is on which node is unknown.')).toBeVisible();
  await look(page, 'add-by-hand');
  await page.getByRole('button', { name: 'Add the deployment' }).click();
  await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toBeFocused();
  await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toHaveAccessibleDescription(/give a name/);
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill(own('Bare'));
  await page.getByRole('button', { name: 'Add the deployment' }).click();
  await expect(page).toHaveURL(/\/d\/bare-\w+\/settings\/check\?task=/);
  const name = await page.getByRole('heading', { level: 1 }).textContent();
  expect(name).toBe('Check the links');
  await playNextTask(() => ({
    steps: [
      step('redis', 'Redis', {
        state: 'skipped',
        detail: 'No masters are given.',
        advice: 'Add the four masters in the settings.',
        ms: null,
      }),
    ],
  }));
  await expect(page.getByText('1 not tested')).toBeVisible();
});

test('by hand: errors stand beside their fields, the focus goes to the first, and nothing typed is lost', async ({ page }) => {
  await page.goto('/add?by=hand');
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill(`it's "q" <b>&amp;</b> $(id)`);
  await page.getByLabel('LiveKit URL').fill('calls.example.com');
  await page.getByLabel('Master 1').fill('10.30.0.11');
  await page.getByLabel('Master 3').fill('300.1.1.1');
  await page.getByLabel('Redis password').fill('canary-redis');
  await page.getByRole('button', { name: 'Add the deployment' }).click();

  const url = page.getByLabel('LiveKit URL');
  await expect(url).toBeFocused();
  await expect(url).toHaveAccessibleDescription(/begins with https/);
  await expect(page.getByLabel('Master 3')).toHaveAccessibleDescription(/give an IP address or a host name/);
  await expect(page.getByLabel('Master 1')).toHaveAccessibleDescription(/exactly 4 master nodes; 2 given/);
  await expect(page.getByText('fields are not right yet.')).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toHaveValue(`it's "q" <b>&amp;</b> $(id)`);
  await expect(page.getByLabel('Redis password')).toHaveValue('canary-redis');
  await look(page, 'add-by-hand-errors');

  // A wrong port opens its folded group, so that the focus does not fall into the void.
  await url.fill('wss://calls.example.com');
  await page.getByText('Ports: the defaults').click();
  await page.getByRole('textbox', { name: 'Redis', exact: true }).fill('7000x');
  await page.getByText('Ports: 1 of your own').click();
  await page.getByRole('button', { name: 'Add the deployment' }).click();
  await expect(page.getByRole('textbox', { name: 'Redis', exact: true })).toBeFocused();
  await expect(page.getByRole('textbox', { name: 'Redis', exact: true })).toHaveAccessibleDescription(
    /a port is a number from 1 to 65535/,
  );
});

test('a pasted list fills the four masters; defaults are shown in the fields', async ({ page }) => {
  await page.goto('/add?by=hand');
  await page.getByLabel('Master 1').focus();
  await page.evaluate((text) => {
    const data = new DataTransfer();
    data.setData('text/plain', text);
    document.activeElement?.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  }, MASTERS.join('\n'));
  for (const [i, address] of MASTERS.entries()) await expect(page.getByLabel(`Master ${i + 1}`)).toHaveValue(address);
  await page.getByText('Ports: the defaults').click();
  await expect(page.getByLabel('Sentinel', { exact: true })).toHaveAttribute(
    'placeholder',
    String(SETTINGS_DEFAULTS.ports.sentinel),
  );
});

test('a key asks for its passphrase when it is encrypted; what is no private key is said at once; read only shows its sudoers lines', async ({
  page,
}) => {
  await page.goto('/add');
  const key = page.getByLabel('Private key', { exact: true });
  await key.fill('ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 me@host');
  await expect(key).toHaveAccessibleDescription(/This is the public key/);
  await page
    .getByLabel('Private key: file')
    .setInputFiles({ name: 'id', mimeType: 'text/plain', buffer: Buffer.from(LOCKED_KEY) });
  await expect(page.getByText('This key is encrypted: its passphrase is needed below.')).toBeVisible();
  await page.getByLabel('Passphrase of the key').fill('p');
  await expect(page.getByText('An encrypted private key.')).toBeVisible();
  await page.getByLabel('User', { exact: true }).fill('watcher');
  await page.getByLabel('Rights on the nodes').selectOption('readonly');
  const lines = page.getByRole('region', { name: 'Lines for sudoers' });
  await expect(lines).toContainText('watcher ALL=(root) NOPASSWD:');
  await expect(lines.getByRole('button', { name: 'Copy the lines' })).toBeVisible();
  await look(page, 'add-read-only');
});

test('discover: link by link, the host key compared, the rest filled in, created with sealed secrets, then checked', async ({
  page,
}) => {
  test.setTimeout(120_000);
  const sent: string[] = [];
  page.on('request', (r) => r.method() === 'POST' && sent.push(r.url()));
  await page.goto('/add');
  await page.getByLabel('Address of any master').fill('not an address');
  await page.getByLabel('Private key', { exact: true }).fill(KEY);
  await page.getByRole('button', { name: 'Discover', exact: true }).last().click();
  await expect(page.getByLabel('Address of any master')).toBeFocused();
  await expect(page.getByLabel('Address of any master')).toHaveAccessibleDescription(/give an IP address or a host name/);
  await expect(page.getByLabel('Private key', { exact: true })).toHaveValue(KEY.trimEnd() + '\n');

  const [first = ''] = MASTERS;
  await page.getByLabel('Address of any master').fill(first);
  await page.locator('form').getByRole('button', { name: 'Discover', exact: true }).click();
  const asked = await playNextTask(() => ({
    steps: [
      step('ssh', `SSH to ${first}`, { state: 'running', ms: null }),
      step('ssh', `SSH to ${first}`, {
        state: 'warning',
        detail: 'It answers; its host key is not confirmed yet.',
        hostKey: hostKey(first, 'new'),
      }),
    ],
  }));
  expect(asked.kind).toBe('discover');
  expect(JSON.stringify(asked.input)).not.toContain('PRIVATE KEY');

  // Nothing goes on before a person compared.
  await expect(page.getByText('Is this the right machine?')).toBeVisible();
  await expect(page.getByText(fingerprint(`${first}:22`))).toBeVisible();
  const confirm = page.getByRole('button', { name: /Confirm and read the node/ });
  await expect(confirm).toHaveAttribute('aria-disabled', 'true');
  await look(page, 'add-host-key');
  await page.getByLabel('I compared this fingerprint').check();
  await confirm.click();

  const again = await playNextTask((task) => ({
    steps: [
      step('ssh', `SSH to ${first}`, { hostKey: hostKey(first, 'pinned') }),
      step('env', 'Env files of the node', { detail: 'openvidu.env, master_node.env' }),
      step('redis', 'Redis through Sentinel', { detail: '3 media nodes' }),
    ],
    result: {
      settings: {
        domain: 'calls.example.com',
        livekitUrl: 'wss://calls.example.com',
        livekitApiKey: 'APIkey',
        masters: MASTERS,
        ssh: { user: 'root', auth: 'key', mode: 'full', jump: null },
      },
      mediaNodes: [{ name: 'media-1', address: '10.30.0.21' }, { address: '10.30.0.22' }],
      detected: { version: '3.9.0', modules: ['openviduMeet', 'observability'], configLayout: 'cluster', rtcEngine: 'pion' },
      secretsFound: ['redisPassword', 'livekitApiSecret'],
      hostKeys: MASTERS.map((m) => ({
        endpoint: `${m}:22`,
        algorithm: 'ssh-ed25519',
        fingerprint: fingerprint(`${m}:22`),
        publicKey: '',
      })),
      sealed: [
        {
          kind: 'redisPassword',
          boundTo: `${[...MASTERS].sort().join(',')}:7000,7001`,
          sealed: 'c2VhbGVk',
          keyId: task.input.sealed[0]?.keyId ?? 'k',
        },
        {
          kind: 'livekitApiSecret',
          boundTo: 'https://calls.example.com',
          sealed: 'c2VhbGVk',
          keyId: task.input.sealed[0]?.keyId ?? 'k',
        },
      ],
      notes: ['media-2 has no name in Redis.'],
    },
  }));
  expect(again.input.confirmHostKeys).toEqual([{ endpoint: `${first}:22`, fingerprint: fingerprint(`${first}:22`) }]);

  await expect(page.getByText('Found 4 masters and 2 media nodes.')).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toHaveValue('calls.example.com');
  await expect(page.getByLabel('Master 4')).toHaveValue(MASTERS[3] ?? '');
  await expect(page.getByLabel('Redis password')).toHaveValue('');
  await expect(page.getByLabel('Redis password')).toHaveAccessibleDescription(/Found and sealed/);
  await look(page, 'add-found');

  await page.getByRole('button', { name: 'Copy as curl' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('$SIGNALBOX_TOKEN');
  await expect(dialog).toContainText('$SSH_KEY');
  await expect(dialog).not.toContainText('PRIVATE KEY');
  await look(page, 'add-curl');
  await page.keyboard.press('Escape');

  await page.getByRole('textbox', { name: 'Name', exact: true }).fill(own('Found'));
  await page.getByLabel('I compared these 4 fingerprints').check();
  await page.getByRole('button', { name: 'Add the deployment' }).click();
  await expect(page).toHaveURL(/\/d\/found-\w+\/settings\/check\?task=/);

  await playNextTask(() => ({
    steps: [
      ...MASTERS.map((m) => step(`ssh:${m}`, `SSH to ${m}`, { hostKey: hostKey(m, 'pinned') })),
      step('ssh:10.30.0.21', 'SSH to media-1', {
        state: 'warning',
        detail: 'Its host key is new.',
        advice: 'Compare and confirm it.',
        hostKey: hostKey('10.30.0.21', 'new'),
      }),
      step('ssh:10.30.0.22', 'SSH to media-2', {
        state: 'failed',
        detail: 'Connection refused on port 22.',
        advice: 'Open TCP 22 from the worker to 10.30.0.22.',
      }),
      step('redis', 'Redis through Sentinel', { detail: 'master 10.30.0.12:7000' }),
    ],
  }));
  await expect(page.getByText('5 links work, 1 failed, 1 needs a look.')).toBeVisible();
  await expect(page.getByText('Open TCP 22 from the worker to 10.30.0.22.')).toBeVisible();
  await look(page, 'check');
  await page.getByLabel('I compared this fingerprint').check();
  await page.getByRole('button', { name: 'Confirm 1 host key' }).click();
  await playNextTask(() => ({ steps: [step('ssh:10.30.0.21', 'SSH to media-1', { hostKey: hostKey('10.30.0.21', 'pinned') })] }));
  await expect(page.getByText('1 link works.')).toBeVisible();
  expect(sent.filter((u) => u.endsWith('/api/v1/deployments'))).toHaveLength(1);
});
