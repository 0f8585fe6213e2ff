import { beforeEach, expect, test } from 'vitest';
import type { SourceClockView } from '@/lib/contract/health';
import { serverNow } from './clock';
import { setClocks } from './live-store';
import { freshnessOf, nodeFreshness } from './node-clock';

const AGO = { fresh: 0, old: 60_000 };
const clock = (source: SourceClockView['source'], age: keyof typeof AGO): SourceClockView => {
  const at = new Date(serverNow() - AGO[age]).toISOString();
  return { source, readAt: at, okAt: at, error: null, limitMs: 15_000, exceptions: {} };
};
const loaded = { asOf: null, stale: false };
beforeEach(() =>
  setClocks({
    both: [clock('redis', 'old'), clock('livekit', 'fresh')],
    list: [clock('livekit', 'fresh'), clock('mongo', 'old')],
  }),
);

test('a room is stale with Redis although the API answers, and live by the API where there is no Redis', () => {
  expect(freshnessOf('both', loaded, 'rooms').stale).toBe(true);
  expect(freshnessOf('list', loaded, 'rooms').stale).toBe(false);
});

test('a node is as fresh as what its role is read from', () => {
  expect(nodeFreshness('both', { ...loaded, name: 'media-1', role: 'media' }).stale).toBe(true);
  expect(nodeFreshness('both', { ...loaded, name: 'node-1', role: 'merged' }).stale).toBe(false);
  expect(freshnessOf('both', loaded).stale).toBe(false);
});
