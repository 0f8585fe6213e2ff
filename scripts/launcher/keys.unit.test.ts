import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { refuseWeak } from './keys';

test.each(['short', 'x'.repeat(64), 'secretsecretsecretsecretsecretsecret', '12341234123412341234123412341234'])(
  'a weak session secret is refused: %s',
  (weak) => {
    expect(() => refuseWeak(weak)).toThrow(/too short|too easy to guess/);
  },
);

test('what openssl rand makes is taken, in hex and in base64', () => {
  for (let i = 0; i < 200; i += 1) {
    refuseWeak(randomBytes(32).toString('hex'));
    refuseWeak(randomBytes(24).toString('base64'));
  }
});

test('the refusal does not repeat the secret', () => {
  expect(() => refuseWeak('hunter2hunter2hunter2hunter2hunter2')).toThrow(expect.not.stringContaining('hunter2'));
});
