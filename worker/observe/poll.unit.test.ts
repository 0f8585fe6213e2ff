import { expect, test } from 'vitest';
import type { WorkerClock } from '../clock';
import { Poll } from './poll';

/** Time that stands still until it is moved. */
class Hand implements WorkerClock {
  private at = 0;
  private waiting: { at: number; run: () => void }[] = [];
  now = () => this.at;
  monotonic = () => this.at;
  after = (ms: number, run: () => void) => {
    const entry = { at: this.at + ms, run };
    this.waiting.push(entry);
    return () => void (this.waiting = this.waiting.filter((w) => w !== entry));
  };
  async move(ms: number): Promise<void> {
    this.at += ms;
    const due = this.waiting.filter((w) => w.at <= this.at);
    this.waiting = this.waiting.filter((w) => w.at > this.at);
    for (const { run } of due) run();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function slow() {
  const clock = new Hand();
  const answers: ((value: string) => void)[] = [];
  const learned: string[] = [];
  const failed: string[] = [];
  const read = async () => {
    const value = await new Promise<string>((resolve) => answers.push(resolve));
    return () => void learned.push(value);
  };
  const poll = new Poll(clock, { everyMs: 2_000, timeoutMs: 1_000, read, failed: (e) => failed.push(e.message) }).start();
  return { clock, answers, learned, failed, poll };
}

test('an answer that comes after its time-out is not taken for one of now', async () => {
  const { clock, answers, learned, failed } = slow();
  await clock.move(0);
  await clock.move(1_000);
  expect(failed).toHaveLength(1);
  await clock.move(1_000);
  answers[1]?.('new');
  await clock.move(0);
  answers[0]?.('old');
  await clock.move(0);
  expect(learned).toEqual(['new']);
});

test('a read under way when the links are opened anew teaches nothing: it may be of another deployment', async () => {
  const { clock, answers, learned, poll } = slow();
  await clock.move(0);
  poll.stop();
  answers[0]?.('of the old address');
  await clock.move(0);
  expect(learned).toEqual([]);
});
