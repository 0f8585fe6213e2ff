import { describe, expect, it } from 'vitest';
import { tokenMark } from './token-state';

const at = Date.parse('2026-01-02T00:00:00.000Z');

describe('the state of a token', () => {
  it('is expired from the very moment on', () => {
    expect(tokenMark({ expiresAt: '2026-01-02T00:00:00.000Z', revokedAt: null }, at).word).toBe('expired');
    expect(tokenMark({ expiresAt: '2026-01-02T00:00:00.001Z', revokedAt: null }, at).word).toBe('valid');
    expect(tokenMark({ expiresAt: null, revokedAt: null }, at).word).toBe('valid');
  });

  it('is revoked, whether expired or not', () => {
    expect(tokenMark({ expiresAt: '2026-01-01T00:00:00.000Z', revokedAt: '2025-12-01T00:00:00.000Z' }, at).word).toBe('revoked');
  });
});
