import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { connectRedis } from './redis-connection';

test('a stream that is there only after the connect was given up is closed', async () => {
  const late = new PassThrough();
  let arrive: (stream: PassThrough) => void = () => undefined;
  const dial = () => new Promise<PassThrough>((resolve) => (arrive = resolve));
  await expect(connectRedis({ host: '127.0.0.1', port: 7000 }, { dial, password: null, timeoutMs: 20 })).rejects.toThrow(
    'did not answer in time',
  );
  arrive(late);
  await expect.poll(() => late.destroyed, { timeout: 2_000 }).toBe(true);
});
