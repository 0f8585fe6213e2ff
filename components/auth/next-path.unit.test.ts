import { describe, expect, it } from 'vitest';
import { safeNext } from './next-path';

describe('next after the sign-in', () => {
  it.each(['/d/eu', '/d/eu/rooms?node=media-1#top', '/add?by=hand'])('keeps a path of this site: %s', (path) => {
    expect(safeNext(path)).toBe(path);
  });

  it.each([
    null,
    '',
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '\\\\evil.example',
    'javascript:alert(1)',
    '/..//evil.example',
    '/.//evil.example',
    'd/eu',
    '/sign-in?next=/sign-in',
    '/setup',
    '/api/v1/deployments',
  ])('never leads to another site or in a circle: %j', (path) => {
    expect(safeNext(path)).toBe('/');
  });
});
