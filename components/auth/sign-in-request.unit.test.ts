import { describe, expect, it } from 'vitest';
import { answerOf } from './sign-in-request';

const headers = (h: Record<string, string> = {}) => new Headers(h);

describe('a refused sign-in', () => {
  it('does not tell whether the address exists', () => {
    expect(answerOf(401, headers())).toMatchObject({ sentence: 'The e-mail address or the password is not right.' });
  });

  it('says how long to wait, within bounds, also when the server does not say', () => {
    expect(answerOf(429, headers({ 'x-retry-after': '9.2' }))).toMatchObject({ waitSeconds: 10 });
    expect(answerOf(429, headers({ 'retry-after': '7' }))).toMatchObject({ waitSeconds: 7 });
    expect(answerOf(429, headers({ 'x-retry-after': 'soon' }))).toMatchObject({ waitSeconds: 10 });
    expect(answerOf(429, headers({ 'x-retry-after': '99999999' }))).toMatchObject({ waitSeconds: 3600 });
  });
});
