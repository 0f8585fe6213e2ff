import { test as base } from '@playwright/test';
import { startLab, type Lab } from '@/lab/index';
import { startPeople, type People } from '@/lab/people';
import { addByDiscovery } from './deployment';
import { startProduct, type Product } from './product';

/** The product on a live lab: 4 masters, 3 media nodes, 60 rooms, 10 people where rtc-node loads. One for all tests of a run. */
export interface World {
  product: Product;
  lab: Lab;
  people: People;
  slug: string;
}

export const test = base.extend<{ signedIn: undefined }, { world: World }>({
  world: [
    async ({}, use) => {
      const [product, lab] = await Promise.all([startProduct(), startLab({ name: 'e2e', media: 3 })]);
      const { livekitUrl, apiKey, apiSecret } = lab.connection;
      const people = await startPeople({ livekitUrl, apiKey, apiSecret, rooms: 60, clients: 10, log: () => undefined });
      const { slug } = await addByDiscovery(product, lab.connection, 'Lab "quoted" <b>&');
      await use({ product, lab, people, slug });
      await people.stop();
      await Promise.all([product.stop(), lab.stop()]);
    },
    { scope: 'worker', timeout: 300_000 },
  ],
  storageState: async ({ world, browser }, use) => {
    const context = await browser.newContext({ storageState: undefined });
    const page = await context.newPage();
    await page.goto(`${world.product.url}/sign-in`);
    await page.getByLabel('E-mail').fill(world.product.admin.email);
    await page.getByLabel('Password').fill(world.product.admin.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL((url) => url.pathname === '/');
    const state = await context.storageState();
    await context.close();
    await use(state);
  },
  baseURL: ({ world }, use) => use(world.product.url),
});
export { expect } from '@playwright/test';
