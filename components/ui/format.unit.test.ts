import { describe, expect, it } from 'vitest';
import { bytes, clockTime, count, exactTime, percent, plural, share, span } from './format';

describe('figures on screen', () => {
  it('never shows a missing figure as zero', () => {
    expect([bytes(null), percent(null), count(null), percent(undefined)]).toEqual(['unknown', 'unknown', 'unknown', 'unknown']);
    expect(share(null, 10)).toBeNull();
    expect(share(5, null)).toBeNull();
    expect(share(5, 0)).toBeNull();
  });
  it('keeps three digits of a size and never shows 1000 of a unit', () => {
    expect([0, 999, 1000, 1_500_000, 999_960_000, 123_456_789].map((v) => bytes(v))).toEqual([
      '0 B',
      '999 B',
      '1.0 kB',
      '1.5 MB',
      '1.0 GB',
      '123 MB',
    ]);
  });
  it('says a span in at most two units and never a negative one', () => {
    expect([-5, 14_900, 60_000, 3_600_000, 7_500_000, 90_000_000].map(span)).toEqual([
      '0 s',
      '14 s',
      '1 min',
      '1 h',
      '2 h 5 min',
      '1 d 1 h',
    ]);
  });
  it('counts one room as one room', () => {
    expect([plural(0, 'room'), plural(1, 'room'), plural(1234, 'person', 'people')]).toEqual([
      '0 rooms',
      '1 room',
      '1,234 people',
    ]);
  });
  it('gives the exact time in UTC first', () => {
    expect(exactTime(new Date('2026-11-21T02:41:07.123Z'))).toMatch(/^2026-11-21 02:41:07 UTC · /);
  });
  it('names the day of a time that is not today', () => {
    const now = new Date(2026, 10, 21, 12, 0);
    expect(clockTime(new Date(2026, 10, 21, 2, 41), now)).toBe('02:41');
    expect(clockTime(new Date(2026, 10, 20, 2, 41), now)).toBe('20 Nov 02:41');
  });
});
