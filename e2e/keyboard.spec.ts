import { readFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';

test.skip(({ isMobile }) => isMobile, 'a phone has no keyboard');

test('⌘K jumps to a node by its address', async ({ page }) => {
  await page.goto('/');
  await expect(page.getByRole('link', { name: 'Production Madrid' })).toBeVisible();
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder('Deployment, node or page').fill('10.20.0.22');
  await page
    .getByRole('option', { name: /media-2/ })
    .first()
    .waitFor();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/d\/prod\/nodes\/media-2$/);
});

test('/ filters, j opens a row with Enter, g f goes to the fleet, ? helps', async ({ page }) => {
  await page.goto('/d/prod');
  const table = page.getByRole('table', { name: 'media nodes' });
  await expect(table.getByRole('row')).toHaveCount(5);
  await page.keyboard.press('/');
  await page.keyboard.type('media-3');
  await expect(table.getByRole('row')).toHaveCount(2);
  await expect(page).toHaveURL(/q=media-3/);
  await page.reload();
  await expect(table.getByRole('row')).toHaveCount(2);

  await page.goto('/');
  await expect(page.getByRole('link', { name: 'Production Madrid' })).toBeVisible();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/d\/prod$/);
  await page.keyboard.press('g');
  await page.keyboard.press('f');
  await expect(page.getByRole('heading', { level: 1, name: 'Fleet' })).toBeVisible();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keyboard' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
});

test('the first key reaches "skip to the content"', async ({ page }) => {
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused();
});

test('sort and columns live in the URL, and the CSV is what is shown', async ({ page }) => {
  await page.goto('/d/prod');
  await page.getByRole('button', { name: 'Rooms' }).click();
  await expect(page).toHaveURL(/sort=-rooms/);
  const table = page.getByRole('table', { name: 'media nodes' });
  await expect(table.getByRole('row').nth(1)).toContainText('media-1');
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('menuitemcheckbox', { name: 'Address' }).click();
  await page.keyboard.press('Escape');
  await expect(table.getByRole('columnheader', { name: 'Address' })).toBeVisible();
  await expect(page).toHaveURL(/cols=/);
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'CSV' }).click()]);
  const csv = await readFile(await download.path(), 'utf8');
  expect(csv.split('\r\n')[0]).toContain('Node,State,Rooms,People');
  expect(csv.split('\r\n')[1]).toContain('media-1,up,10,174');
  expect(csv).toContain('10.20.0.21');
});

test('a node that vanished is forgotten only after its name was typed', async ({ page }) => {
  await page.goto('/d/prod');
  await page.getByRole('button', { name: 'Forget media-4' }).click();
  const dialog = page.getByRole('dialog', { name: 'Forget media-4' });
  const act = dialog.getByRole('button', { name: /^Forget media-4/ });
  await expect(act).toHaveAttribute('aria-disabled', 'true');
  await dialog.getByRole('textbox').fill('media-4');
  await act.click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('button', { name: 'Forget media-4' })).toBeHidden();
});
