import { describe, expect, it } from 'vitest';
import { pathOf } from './sparkline';

describe('sparkline', () => {
  it('draws a gap where nothing is known, not a line through it', () => {
    expect(pathOf([0, 1, null, 1, 1], 1, 40, 20)).toBe('M0.0 18.5L10.0 1.5M30.0 1.5L40.0 1.5');
  });
  it('shows a lone value between gaps', () => {
    expect(pathOf([null, 0.5, null], 1, 20, 20)).toBe('M10.0 10.0h1');
  });
  it('draws nothing for nothing', () => {
    expect(pathOf([null, null], 1, 20, 20)).toBe('');
  });
});
