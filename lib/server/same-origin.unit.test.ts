import { describe, expect, test } from 'vitest';
import { isSameOrigin } from './same-origin';
import { contentSecurityPolicy } from './security-headers';

const env = { SIGNALBOX_PUBLIC_URL: 'https://console.example.org' };
const same = (headers: Record<string, string>, e: { SIGNALBOX_PUBLIC_URL?: string } = env) =>
  isSameOrigin(new Headers(headers), e);

describe('a write with a cookie comes from a page of ours', () => {
  test.each([
    ['our public address', { origin: 'https://console.example.org' }, true],
    ['the host by which it came', { origin: 'http://127.0.0.1:3000', host: '127.0.0.1:3000' }, true],
    [
      'the host that the gate passed on',
      { origin: 'http://127.0.0.1:3000', host: '127.0.0.1:45000', 'x-forwarded-host': '127.0.0.1:3000' },
      true,
    ],
    ['no origin, said to be the same by the browser', { 'sec-fetch-site': 'same-origin' }, true],
    ['another site', { origin: 'https://evil.example' }, false],
    ['another port of the same host', { origin: 'http://127.0.0.1:3001', host: '127.0.0.1:3000' }, false],
    ['a sister domain', { origin: 'https://other.example.org' }, false],
    ['same-site is not the same origin', { origin: 'https://console.example.org', 'sec-fetch-site': 'same-site' }, false],
    ['a sandboxed frame', { origin: 'null' }, false],
    ['a link from elsewhere', { 'sec-fetch-site': 'none' }, false],
    ['nothing is said', {}, false],
    ['our address as a prefix', { origin: 'https://console.example.org.evil.example' }, false],
  ] as [string, Record<string, string>, boolean][])('%s', (_, headers, expected) => expect(same(headers)).toBe(expected));
});

test('the policy lets run only what has the nonce, and nothing be framed', () => {
  const policy = contentSecurityPolicy({ nonce: 'abc', https: true, development: false });
  expect(policy).toContain("script-src 'self' 'nonce-abc' 'strict-dynamic';");
  expect(policy.split(';').find((r) => r.includes('script-src'))).not.toMatch(/unsafe/);
  expect(policy).toContain("frame-ancestors 'none'");
});
