import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'signalbox-reports-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Plain JavaScript that runs before packages are there, so it is asked as a program. */
function count(kind: 'countVitest' | 'countPlaywright', report?: unknown): unknown {
  const file = path.join(folder, 'report.json');
  rmSync(file, { force: true });
  if (report) writeFileSync(file, JSON.stringify(report));
  const reports = fileURLToPath(new URL('./reports.mjs', import.meta.url));
  const code = `import(process.argv[1]).then((m) => console.log(JSON.stringify(m.${kind}(process.argv[2])) ?? 'null'))`;
  return JSON.parse(spawnSync(process.execPath, ['-e', code, reports, file], { encoding: 'utf8' }).stdout);
}

const suite = (status: string, ...tests: string[]) => ({ status, assertionResults: tests.map((t) => ({ status: t })) });

test('a test file that cannot be loaded counts as a failure, though it has no failed test', () => {
  const report = { numPassedTests: 3, numFailedTests: 1, numPendingTests: 1, numTodoTests: 1 };
  const testResults = [suite('passed', 'passed', 'passed'), suite('failed', 'failed', 'passed'), suite('failed')];
  expect(count('countVitest', { ...report, testResults })).toEqual({ passed: 3, failed: 2, skipped: 2 });
});

test('a report that was not written counts as nothing, not as success', () => {
  expect(count('countVitest')).toBe(null);
  expect(count('countPlaywright')).toBe(null);
});

test('skipped browser tests give their reason, and an error outside of tests counts', () => {
  const skipped = {
    title: 'loses Postgres',
    tests: [{ status: 'skipped', annotations: [{ type: 'skip', description: 'no lab here' }] }],
  };
  const report = {
    stats: { expected: 4, unexpected: 0, flaky: 1, skipped: 1 },
    errors: [{ message: 'no server' }],
    suites: [{ suites: [{ specs: [skipped] }] }],
  };
  expect(count('countPlaywright', report)).toEqual({
    passed: 5,
    failed: 1,
    skipped: 1,
    notes: ['skipped: loses Postgres (no lab here)'],
  });
});
