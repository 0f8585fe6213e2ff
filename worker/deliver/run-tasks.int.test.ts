import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { until } from '@/lib/links/fixtures/process';
import { taskFixture } from '@/test/task-fixture';
import { TAKE_OVER_MS } from './task-rows';

let t: Awaited<ReturnType<typeof taskFixture>>;
beforeAll(async () => {
  t = await taskFixture();
});
afterEach(() => t.stopWorkers());
afterAll(() => t.close());

describe('claiming', () => {
  test('two workers carry each task out once', async () => {
    const ids = await Promise.all(Array.from({ length: 12 }, async () => (await t.queue('unheard-of', {})).id));
    t.startWorker('a');
    t.startWorker('b');
    const tasks = await Promise.all(ids.map((id) => t.finished(id)));
    for (const task of tasks)
      expect(task).toMatchObject({ status: 'failed', error: expect.stringMatching(/knows no task of kind/) });
    expect(new Set(tasks.map((t) => t.claimedBy)).size).toBeGreaterThanOrEqual(1);
  });

  test('the task of a worker that died is taken over, one that renews is left alone', async () => {
    const dead = await t.queue('check', {});
    const alive = await t.queue('check', {});
    const claimed = { status: 'running', claimedBy: 'other', startedAt: new Date() };
    await t.db.task.update({
      where: { id: dead.id },
      data: { ...claimed, heartbeatAt: new Date(Date.now() - TAKE_OVER_MS - 1_000) },
    });
    await t.db.task.update({ where: { id: alive.id }, data: { ...claimed, heartbeatAt: new Date() } });
    t.startWorker('c');
    expect(await t.finished(dead.id)).toMatchObject({ claimedBy: 'c', status: 'failed', error: 'This deployment was removed.' });
    expect(await t.taskOf(alive.id)).toMatchObject({ claimedBy: 'other', status: 'running' });
    await t.db.task.delete({ where: { id: alive.id } });
  });

  test('a worker that is stopped gives its task back at once', async () => {
    const host = createServer(() => undefined);
    await new Promise<void>((resolve) => host.listen(22, '127.33.9.1', resolve));
    const input = await t.discovery({ address: '127.33.9.1', sshPassword: 'canary' });
    const { id } = await t.queue('discover', input.input, input.deploymentId);
    const first = t.startWorker('d');
    await until(async () => (await t.taskOf(id)).chunks.length > 0, 'begun');
    await first.stop();
    expect(await t.taskOf(id)).toMatchObject({ status: 'queued', claimedBy: null });
    await t.db.task.delete({ where: { id } });
    host.close();
  });

  test('what breaks inside is told without its words, which may hold anything', async () => {
    const { id } = await t.queue('discover', { address: 'malformed' });
    const w = t.startWorker('e');
    expect(await t.finished(id)).toMatchObject({ status: 'failed', error: 'Signalbox failed.' });
    expect(w.errors).toHaveLength(1);
  });
});
