import { describe, expect, it } from 'vitest';
import { summaryOf, withGaps } from './series';

describe('chart data', () => {
  it('shows missing samples as a gap, not as a line', () => {
    const { at, series } = withGaps([0, 10, 100, 110], [{ label: 'cpu', values: [1, 2, 3, 4] }], 10);
    expect(at).toEqual([0, 10, 20, 100, 110]);
    expect(series[0]?.values).toEqual([1, 2, null, 3, 4]);
  });
  it('does not take one late sample for a gap', () => {
    expect(withGaps([0, 10, 31], [{ label: 'cpu', values: [1, 2, 3] }], 10).at).toEqual([0, 10, 31]);
  });
  it('sums up only what is known', () => {
    expect(summaryOf([null, 3, 1, null, 2, null])).toEqual({ min: 1, max: 3, last: 2 });
    expect(summaryOf([null, null])).toBeNull();
  });
});
