import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { systemContext } from '@/lib/core/context';
import { createDeployment } from '@/lib/core/inventory/create-deployment';
import type { Db } from '@/lib/db/client';
import { DEPLOYMENT, testWeb, type Web } from '@/test/web';
import { StreamHub } from './hub';

let web: Web;
let deploymentId: string;
beforeAll(async () => {
  web = await testWeb();
  deploymentId = (await createDeployment({ ctx: systemContext(web.rt.db), input: DEPLOYMENT })).id;
});
afterAll(() => web.close());

const append = async () => {
  const rows = JSON.stringify([{ deployment_id: deploymentId, kind: 'node.up', sentence: 'up' }]);
  const [r] = await web.worker.$queryRaw<{ id: bigint }[]>`SELECT append_event(${rows}::jsonb) AS id`;
  return r?.id ?? 0n;
};
const until = (condition: () => boolean | Promise<boolean>) => vi.waitUntil(condition, { timeout: 5_000, interval: 20 });

/** The database, whose answers about new events can be held back after it gave them. */
function holding(db: Db) {
  let hold: Promise<void> | undefined;
  let held = 0;
  let letGo: () => void = () => undefined;
  const later = {
    get: (target: Db, key: string | symbol): unknown => {
      const member: unknown = Reflect.get(target, key, target);
      if (key !== '$queryRaw') return member;
      return async (text: TemplateStringsArray, ...values: unknown[]) => {
        const answer: unknown = await target.$queryRaw(text, ...values);
        if (hold && text.join('').includes('WHERE e.id >') && Array.isArray(answer) && answer.length > 0) {
          held += 1;
          await hold;
        }
        return answer;
      };
    },
  };
  return {
    db: new Proxy(db, later),
    begin: () => void (hold = new Promise((resolve) => (letGo = resolve))),
    end: () => {
      hold = undefined;
      letGo();
    },
    held: () => held,
  };
}

async function readIds(hub: StreamHub, after: bigint | null) {
  const body = await hub.open({ kind: 'token', id: crypto.randomUUID() }, after);
  const reader = (body ?? new ReadableStream<Uint8Array>()).getReader();
  const ids: bigint[] = [];
  void (async () => {
    for (let part = await reader.read(); !part.done; part = await reader.read())
      for (const event of new TextDecoder().decode(part.value).split('\n\n'))
        if (/^event: event$/m.test(event)) ids.push(BigInt(/^id: (\d+)$/m.exec(event)?.[1] ?? -1));
  })().catch(() => undefined); // dropped
  return { ids, leave: () => reader.cancel() };
}

test('what was read while the last reader left does not hide later events from the next one', async () => {
  const { db, begin, end, held } = holding(web.rt.db);
  const url = new URL(web.database.webUrl);
  url.searchParams.set('application_name', 'hub-under-test');
  const hub = new StreamHub({ databaseUrl: url.href, db, log: web.rt.log, lingerMs: 1, recheckMs: 60_000 });
  const listeners = () =>
    web.owner.$queryRaw<unknown[]>`SELECT FROM pg_stat_activity WHERE application_name = 'hub-under-test'`.then((r) => r.length);
  const first = await readIds(hub, null);
  await until(async () => (await listeners()) === 1);
  begin();
  const late = await append();
  await until(() => held() > 0);
  await first.leave();
  await until(async () => (await listeners()) === 0); // stopped, while the answer is still on its way
  end();
  await new Promise((resolve) => setImmediate(resolve));
  const unseen = await append();
  const second = await readIds(hub, late);
  await until(() => second.ids.length > 0);
  expect(second.ids).toEqual([unseen]);
  await second.leave();
  await hub.close();
});

test('HEAD answers the headers of a stream to who may read it, and opens none', async () => {
  const token = await web.token('read');
  const answer = await web.fetch('/api/v1/stream', { method: 'HEAD', token });
  expect([answer.status, answer.headers.get('content-type'), answer.body]).toEqual([
    200,
    'text/event-stream; charset=utf-8',
    null,
  ]);
  expect(web.rt.hub.size).toBe(0);
  expect((await web.fetch('/api/v1/stream', { method: 'HEAD' })).status).toBe(401);
});
