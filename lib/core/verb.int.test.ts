import { afterAll, beforeAll, expect, test } from 'vitest';
import { testWeb, type Web } from '@/test/web';
import { systemContext } from './context';
import { Unauthenticated } from './errors';
import { writing } from './verb';

let web: Web;
beforeAll(async () => {
  web = await testWeb();
});
afterAll(() => web.close());

const insert = (tx: Web['owner'] | Parameters<Parameters<typeof writing>[2]>[0], hash: string) =>
  tx.setupLink.create({ data: { hash, purpose: 'test', expiresAt: new Date() } });

test('a verb that writes no audit row changes nothing', async () => {
  await expect(writing(systemContext(web.rt.db), 'test.none', (tx) => insert(tx, 'none'))).rejects.toThrow('wrote no audit row');
  expect(await web.owner.setupLink.count({ where: { hash: 'none' } })).toBe(0);
});

test('a verb that fails after its audit row leaves neither', async () => {
  const failing = writing(systemContext(web.rt.db), 'test.fails', async (tx, audit) => {
    await insert(tx, 'fails');
    await audit({ target: 'x' });
    throw new Error('later');
  });
  await expect(failing).rejects.toThrow('later');
  expect(await web.owner.setupLink.count({ where: { hash: 'fails' } })).toBe(0);
  expect(await web.owner.auditEntry.count({ where: { verb: 'test.fails' } })).toBe(0);
});

test('change and audit row stand together; nobody changes anything anonymously', async () => {
  await writing(systemContext(web.rt.db), 'test.good', async (tx, audit) => {
    await insert(tx, 'good');
    await audit({ target: 'x', data: { a: 1 } });
  });
  expect(await web.owner.auditEntry.findFirst({ where: { verb: 'test.good' } })).toMatchObject({
    actorKind: 'system',
    target: 'x',
    data: { a: 1 },
  });
  await expect(writing({ ...systemContext(web.rt.db), actor: null }, 'test.anonymous', async () => 1)).rejects.toThrow(
    Unauthenticated,
  );
});

test('the web role cannot alter or remove an audit row, nor write what is observed', async () => {
  for (const sql of [
    "UPDATE audit_entry SET verb = 'x'",
    'DELETE FROM audit_entry',
    "UPDATE source_clock SET error = 'x'",
    'DELETE FROM node_state',
    'DELETE FROM room',
  ]) {
    await expect(web.rt.db.$executeRawUnsafe(sql)).rejects.toThrow();
  }
});
