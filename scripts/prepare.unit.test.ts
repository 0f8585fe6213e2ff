import { expect, test } from 'vitest';

// Plain JavaScript without types, because it runs before any package is there.
const { whyNotCi } = (await import(new URL('./prepare.mjs', import.meta.url).href)) as { whyNotCi: (output: string) => string };

const code = 'npm error code EUSAGE\n';
const missing =
  'npm error Missing: @next/swc-darwin-arm64@ from lock file\nnpm error Missing: @next/swc-win32-x64-msvc@ from lock file\n';

test('a lock file without the builds of other platforms is named as the reason, with how many', () => {
  expect(whyNotCi(code + missing)).toMatch(
    /without the 2 optional packages of other platforms; npm install takes the same versions/,
  );
});

test('any other failure of npm ci is told in its own words, not as the usual one', () => {
  expect(whyNotCi('npm error code ECONNREFUSED\nnpm error errno ECONNREFUSED\nnpm error no way there\n')).toBe(
    'npm ci failed (no way there); trying npm install …',
  );
  expect(whyNotCi(`${code}${missing}npm error Invalid: lock file's next@1 does not satisfy next@2\n`)).toMatch(/^npm ci failed/);
  expect(whyNotCi('')).toBe('npm ci failed; trying npm install …');
});
