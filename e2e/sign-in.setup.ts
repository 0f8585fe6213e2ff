import { expect, test as setup } from '@playwright/test';
import { ADMIN, SIGNED_IN } from './admin';

setup('an administrator signs in once; the other tests reuse the session', async ({ page }) => {
  await page.goto('/d/prod?sort=-cpu');
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await page.getByLabel('E-mail address').fill(ADMIN.email);
  await page.getByLabel('Password').fill(ADMIN.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(/\/d\/prod\?sort=-cpu$/);
  await expect(page.getByRole('heading', { level: 1, name: 'Production Madrid' })).toBeVisible();
  await page.context().storageState({ path: SIGNED_IN });
});
