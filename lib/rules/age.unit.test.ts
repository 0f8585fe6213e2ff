import { describe, expect, test } from 'vitest';
import { freshness, type Clock } from './age';
import { driftOf, isFound } from './drift';
import { FRESHNESS } from './freshness';

const NOW = 1_800_000_000_000;
const LIMIT = FRESHNESS.redis.limitMs;
const clock = (source: Clock['source'], ago: number | null, exceptions: Clock['exceptions'] = {}): Clock => ({
  source,
  okAt: ago === null ? null : NOW - ago,
  exceptions,
});
const of = (clocks: Clock[], more: Partial<Parameters<typeof freshness>[1]> = {}) =>
  freshness(clocks, { sources: ['redis', 'stream'], led: true, now: NOW, ...more });

describe('stale is never shown as live', () => {
  test.each([
    ['just read', [clock('redis', 0)], { asOf: NOW, stale: false }],
    ['at its limit', [clock('redis', LIMIT)], { asOf: NOW - LIMIT, stale: false }],
    ['past its limit', [clock('redis', LIMIT + 1)], { asOf: NOW - LIMIT - 1, stale: true }],
    ['never read', [clock('redis', null)], { asOf: null, stale: true }],
    ['no clock at all', [], { asOf: null, stale: true }],
    ['another source only', [clock('mongo', 0)], { asOf: null, stale: true }],
    ['one of two', [clock('redis', 60_000), clock('stream', 1_000)], { asOf: NOW - 1_000, stale: false }],
  ])('%s', (_, clocks, expected) => expect(of(clocks)).toEqual(expected));
  test('without a leader everything is stale, whatever its age', () => {
    expect(of([clock('redis', 0)], { led: false })).toEqual({ asOf: NOW, stale: true });
  });
  test('an exception goes before the rest, for its node alone', () => {
    const clocks = [clock('redis', 0, { a: { okAt: NOW - 60_000 }, b: { okAt: null } })];
    expect(of(clocks, { node: 'a' })).toEqual({ asOf: NOW - 60_000, stale: true });
    expect(of(clocks, { node: 'b' })).toEqual({ asOf: null, stale: true });
    expect(of(clocks, { node: 'c' })).toEqual({ asOf: NOW, stale: false });
  });
});

describe('drift shows both ways', () => {
  const node = { role: 'media', declared: true, desired: 'serving', discoveredAt: NOW, observedAt: NOW } as const;
  test.each([
    ['declared and found', {}, 'none'],
    ['found, not declared', { declared: false }, 'undeclared'],
    ['declared, never found', { discoveredAt: null }, 'missing'],
    ['declared, gone since long', { discoveredAt: NOW - 3600_000 }, 'missing'],
    ['kept stopped', { desired: 'stopped', discoveredAt: null }, 'none'],
    ['nothing was ever read', { discoveredAt: null, observedAt: null }, 'none'],
    ['not declared and gone', { declared: false, discoveredAt: NOW - 3600_000 }, 'none'],
    ['a master that nothing named yet', { role: 'master', discoveredAt: null }, 'none'],
  ] as const)('%s: %j', (_, more, expected) => expect(driftOf({ ...node, ...more })).toBe(expected));
  test('an outage of all sources makes no node vanish: found is judged at the last reading', () => {
    expect(isFound(NOW - 3600_000, NOW - 3590_000)).toBe(true);
  });
});
