import type { Pool } from 'pg';
import { expect, test } from 'vitest';
import type { WorkerClock } from './clock';
import { DatabaseClock } from './database-clock';

/** A machine whose wall clock is `wrong` ms off a database that answers in `trip` ms. */
function machine(wrong: number) {
  const at = { monotonic: 50_000, database: 1_700_000_000_000, trip: 40 };
  const pass = (ms: number) => {
    at.monotonic += ms;
    at.database += ms;
  };
  const base: WorkerClock = {
    now: () => at.database + wrong,
    monotonic: () => at.monotonic,
    after: () => () => undefined,
  };
  const query = async () => {
    pass(at.trip / 2);
    const rows = [{ ms: at.database }];
    pass(at.trip / 2);
    return { rows };
  };
  const pool = { query } as unknown as Pick<Pool, 'query'>; // one query of one shape
  const clock = new DatabaseClock(base);
  return { at, pass, clock, measure: () => clock.measure(pool), error: () => clock.now() - at.database };
}

test.each([3_600_000, -3_600_000])(
  'a wall clock %d ms off gives the time of the database after one measurement',
  async (wrong) => {
    const { clock, pass, measure, error } = machine(wrong);
    await measure();
    expect(error()).toBe(0);
    pass(10_000);
    expect(error()).toBe(0);
    expect(clock.monotonic()).toBe(60_040);
  },
);

test('drift is followed smoothly, and time never goes back', async () => {
  const { at, clock, pass, measure, error } = machine(0);
  await measure();
  at.database -= 400;
  for (let i = 0; i < 20; i++) {
    pass(2_000);
    const [before, off] = [clock.now(), error()];
    await measure();
    expect(clock.now()).toBeGreaterThanOrEqual(before);
    expect(off - error()).toBeLessThanOrEqual(101);
  }
  expect(Math.abs(error())).toBeLessThan(5);
});

test('a database whose clock was set is followed at once, by the correction and no more', async () => {
  const { at, measure, error } = machine(0);
  await measure();
  for (const set of [7_200_000, -7_200_000]) {
    at.database += set;
    await measure();
    expect(error()).toBe(0);
  }
});

test('a slow answer moves nothing', async () => {
  const { at, measure, error } = machine(0);
  await measure();
  at.trip = 4_000;
  at.database += 500;
  await measure();
  expect(error()).toBe(-500);
});
