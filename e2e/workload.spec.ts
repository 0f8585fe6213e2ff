import { readFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { as, deploymentId } from './roles';
import { look } from './look';

const MANY = 10_000;

/** Rooms of `staging`, which has none of its own; gone afterwards. */
async function manyRooms(count: number) {
  await as('worker', async (db) => {
    const id = await deploymentId(db, 'staging');
    await db.query(
      `INSERT INTO room (deployment_id, sid, name, participants, publishers, recording, started_at, updated_at)
       SELECT $1, 'RM_many' || lpad(n::text, 5, '0'), 'room-' || lpad(n::text, 5, '0'), n % 7, 1, false, now() - interval '5 min', now()
       FROM generate_series(1, $2::int) AS n`,
      [id, count],
    );
  });
}
const noRooms = () =>
  as('worker', async (db) => {
    await db.query('DELETE FROM room WHERE deployment_id = $1', [await deploymentId(db, 'staging')]);
  });

test('rooms are searched, filtered by node, and lead to the room, its node and its egress', async ({ page }) => {
  await page.goto('/d/prod/rooms');
  const table = page.getByRole('table', { name: 'rooms' });
  await expect(table.getByRole('link', { name: 'all-hands' })).toBeVisible();
  await look(page, 'rooms');
  await page.getByLabel('Search rooms by name or SID').fill("O'Hara <script>");
  await expect(table.getByRole('link')).not.toHaveCount(0);
  await expect(table.getByText("O'Hara <script>alert(1)</script>")).toBeVisible();
  await expect(table.getByText('all-hands')).toHaveCount(0);
  await page.getByLabel('Search rooms by name or SID').fill('');
  await page.getByLabel('Node').selectOption('media-3');
  await expect(table.getByText('all-hands')).toHaveCount(0);
  await expect(page).toHaveURL(/node=media-3/);
  await page.getByLabel('Node').selectOption('');
  await table.getByRole('link', { name: 'Consultation 4711' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Consultation 4711' })).toBeVisible();
  await expect(page.getByText('42 people on media-1, being recorded.')).toBeVisible();
  await expect(page.getByText('until now')).toBeVisible();
  await expect(page.getByRole('table', { name: 'egress' }).getByText('active')).toBeVisible();
  await look(page, 'room');
});

test('the CSV holds the rows that are shown', async ({ page }) => {
  await page.goto('/d/prod/rooms?node=media-1');
  await expect(page.getByRole('table', { name: 'rooms' }).getByText('all-hands')).toBeVisible();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'CSV' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe('prod-rooms.csv');
  const lines = (await readFile(await file.path(), 'utf8')).trim().split('\r\n');
  expect(lines[0]).toMatch(/^Room,State,Node,People/);
  expect(lines).toHaveLength(11);
});

test('10,000 rooms scroll: pages load as one goes, few rows are in the document, a sort loads the rest', async ({ page }) => {
  test.setTimeout(120_000);
  await noRooms();
  await manyRooms(MANY);
  try {
    await page.goto('/d/staging/rooms');
    const table = page.getByRole('table', { name: 'rooms' });
    await expect(table.getByText('room-00001')).toBeVisible();
    expect(await table.getByRole('row').count()).toBeLessThan(90);
    const before = Number(await table.getAttribute('aria-rowcount'));
    expect(before).toBeLessThan(MANY);
    await table.evaluate((e) => e.scrollTo(0, e.scrollHeight));
    await expect.poll(async () => Number(await table.getAttribute('aria-rowcount'))).toBeGreaterThan(before);
    await page.goto('/d/staging/rooms?sort=-room');
    await expect.poll(async () => Number(await table.getAttribute('aria-rowcount')), { timeout: 60_000 }).toBe(MANY + 1);
    await expect(table.getByText('room-10000')).toBeVisible();
    const frames = await table.evaluate(async (e) => {
      const gaps: number[] = [];
      let last = performance.now();
      for (let i = 0; i < 60; i += 1) {
        e.scrollTop += 2000;
        await new Promise(requestAnimationFrame);
        gaps.push(performance.now() - last);
        last = performance.now();
      }
      return gaps.sort((a, b) => a - b);
    });
    test.info().annotations.push({
      type: 'frame while scrolling 10,000 rows, median ms',
      description: String(Math.round(frames[30] ?? 0)),
    });
    expect(await table.getByRole('row').count()).toBeLessThan(90);
  } finally {
    await noRooms();
  }
});

test('no rooms is a guide: the last one, when it ended, and the ended ones with their history', async ({ page }) => {
  await noRooms();
  await as('worker', async (db) => {
    await db.query(
      `INSERT INTO room (deployment_id, sid, name, participants, publishers, recording, started_at, ended_at, updated_at)
       VALUES ($1, 'RM_last', 'Last call', 0, 0, false, now() - interval '40 min', now() - interval '12 min', now())`,
      [await deploymentId(db, 'staging')],
    );
  });
  try {
    await page.goto('/d/staging/rooms');
    await expect(page.getByText('No rooms now.')).toBeVisible();
    await expect(page.getByText('The last, Last call, ended 12 min ago')).toBeVisible();
    await look(page, 'rooms-empty');
    await page.getByLabel('Ended rooms').check();
    await page.getByRole('table', { name: 'rooms' }).getByRole('link', { name: 'Last call' }).click();
    await expect(page.getByText('It is over; it was open for 28 min.')).toBeVisible();
    await expect(page.getByText('Nothing was recorded or streamed from this room.')).toBeVisible();
  } finally {
    await noRooms();
  }
});

test('a room that is not there is said to be not there', async ({ page }) => {
  await page.goto('/d/prod/rooms/RM_none');
  await expect(page.getByText('There is no room RM_none in prod.')).toBeVisible();
});

test('egress and ingress show their state by shape, word and colour', async ({ page }) => {
  await as('worker', async (db) => {
    await db.query(
      `INSERT INTO egress (deployment_id, egress_id, status, type, room_name, error, outputs, started_at, ended_at, updated_at)
       VALUES ($1, 'EG_failed', 'FAILED', 'web', 'all-hands', 'The bucket refused the upload: AccessDenied', '[]', now() - interval '30 min', now() - interval '29 min', now())
       ON CONFLICT DO NOTHING`,
      [await deploymentId(db, 'prod')],
    );
  });
  await page.goto('/d/prod/egress');
  const egress = page.getByRole('table', { name: 'egress' });
  await expect(egress.getByRole('row').nth(1)).toContainText('failed');
  await expect(egress.getByText('active').first()).toBeVisible();
  await look(page, 'egress');
  await page.getByLabel('Active only').check();
  await expect(egress.getByText('failed')).toHaveCount(0);
  await page.goto('/d/prod/ingress');
  await expect(page.getByRole('table', { name: 'ingress' }).getByText('publishing')).toBeVisible();
  await look(page, 'ingress');
  await page.goto('/d/staging/ingress');
  await expect(page.getByText('No ingress is set up.')).toBeVisible();
});

test('events are listed with the newest first and filtered by weight', async ({ page }) => {
  await as('worker', async (db) => {
    await db.query(
      `INSERT INTO event (deployment_id, kind, severity, node, sentence) VALUES
       ($1, 'node.down', 'critical', 'media-2', 'media-2 is down: LiveKit exited with code 137.'),
       ($1, 'room.moved', 'info', 'media-1', 'Room board moved from media-2 to media-1.')`,
      [await deploymentId(db, 'prod')],
    );
  });
  await page.goto('/d/prod/events');
  const table = page.getByRole('table', { name: 'events' });
  await expect(table.getByText('Room board moved from media-2 to media-1.').first()).toBeVisible();
  await look(page, 'events');
  await page.getByLabel('Weight').selectOption('critical');
  await expect(table.getByText('Room board moved')).toHaveCount(0);
  await expect(table.getByText('media-2 is down').first()).toBeVisible();
});
