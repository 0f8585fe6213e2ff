import { existsSync, readFileSync } from 'node:fs';

const read = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined);

/** vitest's JSON report. A file that could not be loaded has no tests and counts as one failure. */
export function countVitest(file) {
  const report = read(file);
  if (!report) return undefined;
  const unloadable = report.testResults.filter(
    (suite) => suite.status === 'failed' && !suite.assertionResults.some((test) => test.status === 'failed'),
  ).length;
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloadable,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** Playwright's JSON report. A test that passed only at a second try counts as passed and is named. */
export function countPlaywright(file) {
  const report = read(file);
  if (!report) return undefined;
  const { expected, unexpected, flaky, skipped } = report.stats;
  const tests = specsOf(report.suites).flatMap((spec) => spec.tests.map((test) => ({ title: spec.title, ...test })));
  const notes = [
    ...tests
      .filter((t) => t.status === 'skipped')
      .map((t) => `skipped: ${t.title} (${t.annotations.find((a) => a.type === 'skip')?.description ?? 'no reason given'})`),
    ...tests.filter((t) => t.status === 'flaky').map((t) => `passed at a second try: ${t.title}`),
  ];
  // Errors outside of tests, such as a server that did not start.
  return { passed: expected + flaky, failed: unexpected + (report.errors?.length ?? 0), skipped, notes };
}

const specsOf = (suites = []) => suites.flatMap((suite) => [...(suite.specs ?? []), ...specsOf(suite.suites)]);
