import { createHash, randomBytes } from 'node:crypto';
import { expect, test, type Page } from '@playwright/test';
import { ADMIN } from './admin';
import { as } from './roles';
import { look, own } from './look';

test.use({ storageState: { cookies: [], origins: [] } });

/** Few tries are taken in 10 s from one address; the page says when the next is. */
async function signIn(page: Page, email: string, password: string) {
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(password);
  const button = page.getByRole('button', { name: /^Sign in/ });
  await button.click();
  const limited = page.getByText('Too many tries from this address.');
  await expect(limited.or(page.getByText(/is not right\./)).or(page.locator('main#content'))).toBeVisible();
  if (!(await limited.isVisible())) return;
  await expect(page.getByText('You can try again now.')).toBeVisible({ timeout: 70_000 });
  await button.click();
}

/** As `npm run reset-admin` makes it: only the hash is in the database. */
async function oneTimeLink(): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  await as('web', (db) =>
    db.query(
      "INSERT INTO setup_link (hash, purpose, created_at, expires_at) VALUES ($1, 'administrator', now(), now() + interval '1 hour')",
      [createHash('sha256').update(token).digest('hex')],
    ),
  );
  return token;
}

const PAGES = [
  '/',
  '/add',
  '/settings',
  '/docs/api',
  '/d/prod',
  '/d/prod/rooms',
  '/d/prod/rooms/RM_x',
  '/d/prod/egress',
  '/d/prod/ingress',
  '/d/prod/events',
  '/d/prod/settings',
  '/d/prod/settings/check',
];

test('every page refuses the anonymous and keeps where they wanted to go', async ({ page }) => {
  for (const path of PAGES) {
    await page.goto(path);
    await expect(page).toHaveURL(/\/sign-in/);
    await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  }
  await page.goto('/d/prod/rooms?node=media-1');
  expect(new URL(page.url()).searchParams.get('next')).toBe('/d/prod/rooms?node=media-1');
  await look(page, 'sign-in');
});

test('a wrong password is said beside the field, and what was typed stays', async ({ page }) => {
  await page.goto('/sign-in');
  await signIn(page, 'nobody@signalbox.test', 'not the password');
  const password = page.getByLabel('Password');
  await expect(password).toBeFocused();
  await expect(password).toHaveAttribute('aria-invalid', 'true');
  await expect(password).toHaveAccessibleDescription('The e-mail address or the password is not right.');
  await expect(page.getByLabel('E-mail address')).toHaveValue('nobody@signalbox.test');
  await look(page, 'sign-in-refused');
});

test('next leads nowhere but to a path of this site', async ({ page }) => {
  await page.goto('/sign-in?next=' + encodeURIComponent('//evil.example/x'));
  await signIn(page, ADMIN.email, ADMIN.password);
  await expect(page).toHaveURL(/^http:\/\/127\.0\.0\.1:\d+\/$/);
  // Who is signed in already is sent on at once.
  await page.goto('/sign-in?next=/settings');
  await expect(page).toHaveURL(/\/settings$/);
});

test('a one-time link makes an administrator once; password and sessions are in their own hands', async ({ page, browser }) => {
  test.setTimeout(180_000);
  const email = `${own('second')}@signalbox.test`;
  const token = await oneTimeLink();
  await page.goto(`/setup?token=${token}`);
  await look(page, 'setup');
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Name').fill('Second');
  await page.getByLabel('Password', { exact: true }).fill('short');
  await page.getByLabel('The password once more').fill('other');
  await page.getByRole('button', { name: 'Make the administrator' }).click();
  await expect(page.getByLabel('The password once more')).toBeFocused();
  await page.getByLabel('The password once more').fill('short');
  await page.getByRole('button', { name: 'Make the administrator' }).click();
  const password = page.getByLabel('Password', { exact: true });
  await expect(password).toBeFocused();
  await expect(password).toHaveAccessibleDescription(/at least 12 characters/);
  await expect(page.getByLabel('E-mail address')).toHaveValue(email);
  await password.fill('first long password');
  await page.getByLabel('The password once more').fill('first long password');
  await page.getByRole('button', { name: 'Make the administrator' }).click();
  // Signed in at once, or, when tries are spent, at the sign-in page.
  await expect(page).not.toHaveURL(/setup/);
  if (page.url().includes('/sign-in')) await signIn(page, email, 'first long password');
  await expect(page.locator('main#content')).toBeVisible();

  const used = await browser.newPage();
  await used.goto(`${new URL(page.url()).origin}/setup?token=${token}`);
  await used.getByLabel('E-mail address').fill('third@signalbox.test');
  await used.getByLabel('Name').fill('Third');
  await used.getByLabel('Password', { exact: true }).fill('third long password');
  await used.getByLabel('The password once more').fill('third long password');
  await used.getByRole('button', { name: 'Make the administrator' }).click();
  await expect(used.getByText('This link does not work.')).toBeVisible();
  await used.close();

  await page.goto('/settings');
  await page.getByLabel('Password of now').fill('not it');
  await page.getByLabel('New password', { exact: true }).fill('second long password');
  await page.getByLabel('New password once more').fill('second long password');
  await page.getByRole('button', { name: 'Change the password' }).click();
  await expect(page.getByLabel('Password of now')).toHaveAccessibleDescription('this is not the password of now');
  await expect(page.getByLabel('Password of now')).toBeFocused();
  await page.getByLabel('Password of now').fill('first long password');
  await page.getByRole('button', { name: 'Change the password' }).click();
  await expect(page.getByText('The password is changed.')).toBeVisible();

  const before = await page.context().storageState();
  await page.getByRole('button', { name: 'Sign out everywhere' }).click();
  await page.getByRole('button', { name: 'End all my sessions' }).click();
  await expect(page).toHaveURL(/\/sign-in/);
  const other = await browser.newContext({ storageState: before });
  const stale = await other.newPage();
  await stale.goto(`${new URL(page.url()).origin}/settings`);
  await expect(stale).toHaveURL(/\/sign-in/);
  await other.close();
});

test('too many tries are refused with the time to wait, and the button waits as well', async ({ page }) => {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail address').fill('nobody@signalbox.test');
  await page.getByLabel('Password').fill('wrong');
  const button = page.getByRole('button', { name: /^Sign in/ });
  const limited = page.getByText('Too many tries from this address.');
  for (let i = 0; i < 12 && !(await limited.isVisible()); i += 1) {
    const answered = page.waitForResponse('**/api/auth/sign-in/email');
    await button.click();
    await answered;
    await expect(button).not.toHaveAttribute('aria-busy', 'true');
  }
  await expect(limited).toBeVisible();
  await expect(button).toHaveAttribute('aria-disabled', 'true');
  await look(page, 'sign-in-limited');
});
