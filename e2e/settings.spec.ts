import { expect, test, type Page } from '@playwright/test';
import { look, own } from './look';

const API = '/api/v1/deployments';

/** A deployment of this test, made through the API with the session of the page. */
async function made(page: Page, name: string): Promise<string> {
  await page.goto('/settings');
  const slug = await page.evaluate(
    async ([url, body]) => {
      const answer = await fetch(url ?? '', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      return ((await answer.json()) as { slug: string }).slug;
    },
    [
      API,
      JSON.stringify({
        name,
        livekitUrl: 'wss://calls.example.com',
        masters: ['10.40.0.1', '10.40.0.2', '10.40.0.3', '10.40.0.4'],
        secrets: { livekitApiSecret: 'canary-one', redisPassword: 'canary-two' },
      }),
    ],
  );
  return slug;
}

const patch = (page: Page, slug: string, rev: number, body: object) =>
  page.evaluate(
    async ([url, ifMatch, text]) =>
      (
        await fetch(url ?? '', {
          method: 'PATCH',
          headers: { 'content-type': 'application/json', 'if-match': ifMatch ?? '' },
          body: text,
        })
      ).status,
    [`${API}/${slug}`, `"${rev}"`, JSON.stringify(body)],
  );

test('a secret can be replaced, is never shown, and is asked for again when its address changes', async ({ page }) => {
  const slug = await made(page, own('Secrets'));
  await page.goto(`/d/${slug}/settings`);
  const secret = page.getByLabel('API secret');
  await expect(secret).toHaveValue('');
  await expect(secret).toHaveAccessibleDescription(/Stored .* for https:\/\/calls\.example\.com/);
  await expect(page.getByRole('button', { name: /^Save the changes/ })).toHaveAttribute('aria-disabled', 'true');
  await look(page, 'deployment-settings');

  await secret.fill('canary-three');
  await page.getByRole('button', { name: /^Save the changes/ }).click();
  await expect(page.getByText('Settings saved.')).toBeVisible();
  await expect(secret).toHaveValue('');

  await page.getByLabel('LiveKit URL').fill('wss://other.example.com');
  await expect(secret).toHaveAccessibleDescription(/The address is another one now: enter it again/);
  await page.getByRole('button', { name: /^Save the changes/ }).click();
  await expect(secret).toBeFocused();
  await expect(secret).toHaveAccessibleDescription(/it was given for https:\/\/calls\.example\.com; enter it again/);
  await expect(page.getByLabel('LiveKit URL')).toHaveValue('wss://other.example.com');
  await secret.fill('canary-four');
  await page.getByRole('button', { name: /^Save the changes/ }).click();
  await expect(secret).toHaveAccessibleDescription(/for https:\/\/other\.example\.com/);
  expect(await page.content()).not.toContain('canary');
});

test('when someone else was faster, what changed is shown and what was typed is kept', async ({ page }) => {
  const slug = await made(page, own('Conflict'));
  await page.goto(`/d/${slug}/settings`);
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Mine');
  expect(await patch(page, slug, 1, { name: 'Theirs', domain: 'theirs.example.com' })).toBe(200);
  await page.getByRole('button', { name: /^Save the changes/ }).click();
  await expect(page.getByText('Someone changed these settings while you were typing.')).toBeVisible();
  await expect(page.getByText('You typed Mine; yours is kept')).toBeVisible();
  await expect(page.getByLabel('Domain')).toHaveValue('theirs.example.com');
  await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toHaveValue('Mine');
  await look(page, 'deployment-settings-conflict');
  await page.getByRole('button', { name: /^Save the changes/ }).click();
  await expect(page.getByText('Settings saved.').first()).toBeVisible();
  await page.reload();
  await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toHaveValue('Mine');
  await expect(page.getByLabel('Domain')).toHaveValue('theirs.example.com');
});

test('media nodes are declared, and a deployment is removed only by its name', async ({ page }) => {
  const name = own('Remove me');
  const slug = await made(page, name);
  await page.goto(`/d/${slug}/settings`);
  await page.getByLabel('Address of a media node').fill('10.40.0.2');
  await page.getByRole('button', { name: 'Declare the node' }).click();
  await expect(page.getByLabel('Address of a media node')).toBeFocused();
  await expect(page.getByLabel('Address of a media node')).toHaveValue('10.40.0.2');
  await page.getByLabel('Address of a media node').fill('10.40.0.9');
  await page.getByRole('button', { name: 'Declare the node' }).click();
  await expect(page.locator('#media-nodes').getByText('10.40.0.9')).toBeVisible();

  await page.getByRole('button', { name: `Remove ${name}` }).click();
  const dialog = page.getByRole('dialog');
  const act = dialog.getByRole('button', { name: new RegExp(`^Remove ${name}`) });
  await expect(act).toHaveAttribute('aria-disabled', 'true');
  await look(page, 'remove-deployment');
  await dialog.getByRole('textbox').fill(name);
  await act.click();
  await expect(page).toHaveURL(/:\d+\/$/);
  await page.goto(`/d/${slug}/settings`);
  await expect(page.getByText(/There is no/).first()).toBeVisible();
});

test('a token is shown once, works by its scope, and is refused once it is revoked', async ({ page, playwright }) => {
  await page.goto('/settings');
  await page.getByRole('button', { name: 'Make a token' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Make the token' }).click();
  await expect(dialog.getByLabel('Name')).toHaveAccessibleDescription(/give a name/);
  await dialog.getByLabel('Name').fill(own('backup'));
  await look(page, 'token-make');
  await dialog.getByRole('button', { name: 'Make the token' }).click();
  await expect(dialog.getByText('Copy the token now')).toBeVisible();
  const token = (await dialog.locator('code').textContent()) ?? '';
  expect(token).toMatch(/^sbx_/);
  await look(page, 'token-made');
  await dialog.getByRole('button', { name: 'I have copied it' }).click();
  await expect(page.getByText(token)).toHaveCount(0);

  const script = await playwright.request.newContext({
    baseURL: page.url(),
    extraHTTPHeaders: { authorization: `Bearer ${token}` },
  });
  expect((await script.get('/api/v1/deployments')).status()).toBe(200);
  expect((await script.post('/api/v1/deployments', { data: { name: 'no' } })).status()).toBe(403);

  await page.getByRole('button', { name: `Revoke ${own('backup')}` }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: `Revoke ${own('backup')}` })
    .click();
  await expect(page.getByRole('row').filter({ hasText: own('backup') })).toContainText('revoked');
  expect((await script.get('/api/v1/deployments')).status()).toBe(401);
  await script.dispose();
  await look(page, 'settings');
});

test('the API reference shows every route, filtered by words', async ({ page }) => {
  await page.goto('/docs/api');
  await page.getByLabel('Filter the operations').fill('POST deployments');
  await page.getByText('/deployments', { exact: true }).click();
  await expect(page.getByText('Idempotency-Key').first()).toBeVisible();
  await expect(page.getByRole('region', { name: 'Body of POST /deployments' })).toContainText('masters?: array of string');
  await look(page, 'api-reference');
});

test('a page that does not exist says so and leads back', async ({ page }) => {
  await page.goto('/no/such/page');
  await expect(page.getByRole('heading', { name: 'There is no such page' })).toBeVisible();
  await look(page, 'not-found');
  await page.getByRole('link', { name: 'To the fleet' }).click();
  await expect(page).toHaveURL(/:\d+\/$/);
});
