// npm run verify: everything that is checked and tested, from a fresh clone, with the totals in the last line.
// npm run verify -- lint unit: these steps only.
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fail, prepare, root } from './prepare.mjs';
import { describeMissing, ensurePrograms, hasProgram, LAB } from './system-packages.mjs';
import { node24 } from './verify/node24.mjs';
import { countPlaywright, countVitest } from './verify/reports.mjs';
import { Totals } from './verify/totals.mjs';

const reports = path.join(root, '.cache', 'verify');
const bin = (name) => path.join(root, 'node_modules', name);
const TOOLS = [
  { program: 'shellcheck', package: 'shellcheck', why: 'the linter of remote/*.sh' },
  { program: 'chromium', package: 'chromium', why: 'the browser of the browser tests' },
  { program: 'openssl', package: 'openssl', why: 'certificates of tests' },
];
/** Imports in a circle, types apart. The linter's own rule for it takes two minutes here, this 3 s. */
const CYCLES = [
  '--no-warning',
  '--no-tree',
  '--no-progress',
  '-T',
  '--exit-code',
  'circular:1',
  '--exclude',
  'node_modules|generated',
].concat(
  ['app', 'components', 'lib', 'worker', 'lab', 'scripts', 'test', 'e2e'].flatMap((room) => [
    `${room}/**/*.ts`,
    `${room}/**/*.tsx`,
  ]),
);
const CHROMIUM = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

try {
  process.chdir(root);
  rmSync(reports, { recursive: true, force: true });
  mkdirSync(reports, { recursive: true });
  const totals = new Totals(reports, process.argv.slice(2));
  const missing = ensurePrograms([...LAB, ...TOOLS]);
  if (missing.length > 0) console.log(`Missing: ${describeMissing(missing)}`);
  await verify(totals).catch((error) => totals.broke('verify', error));
  totals.print();
  process.exitCode = totals.failed > 0 ? 1 : 0;
} catch (error) {
  fail(error);
}

async function verify(totals) {
  if (!(await totals.task('packages and client', () => prepare()))) return;
  await totals.command('format', [bin('prettier/bin/prettier.cjs'), '--check', '.']);
  await totals.command('lint', [bin('eslint/bin/eslint.js'), '.', '--max-warnings=0']);
  await totals.command('cycles', [bin('dpdm/lib/bin/dpdm.js'), ...CYCLES]);
  await totals.command('types', [bin('typescript/bin/tsc'), '--noEmit']);
  await totals.command('unused', [bin('knip/bin/knip.js')]);
  await shellcheck(totals);
  const built = await totals.task('build', () => prepare({ build: true }));
  await vitest(totals, 'unit');
  await vitest(totals, 'integration');
  await onNode24(totals);
  await lab(totals);
  if (built) await browser(totals);
  else totals.skip('browser', 'the console was not built');
}

async function shellcheck(totals) {
  const scripts = readdirSync(path.join(root, 'remote'), { recursive: true }).filter((name) => name.endsWith('.sh'));
  if (scripts.length === 0) return totals.skip('shellcheck', 'remote/ has no script');
  if (!hasProgram('shellcheck')) return totals.skip('shellcheck', 'shellcheck is not installed');
  await totals.run(
    'shellcheck',
    'shellcheck',
    scripts.map((name) => path.join('remote', name)),
  );
}

async function vitest(totals, project, node = process.execPath, name = project) {
  const report = path.join(reports, `${name.replaceAll(' ', '-')}.json`);
  const args = [
    bin('vitest/vitest.mjs'),
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ];
  await totals.run(name, node, args, { count: () => countVitest(report) });
}

async function onNode24(totals) {
  if (process.versions.node.startsWith('24.')) return totals.skip('again on Node 24', 'everything ran on Node 24 already');
  if (!['unit on Node 24', 'integration on Node 24'].some((name) => totals.wants(name))) return;
  const node = await node24();
  if (node.missing) return totals.skip('again on Node 24', node.missing);
  await vitest(totals, 'unit', node.program, 'unit on Node 24');
  await vitest(totals, 'integration', node.program, 'integration on Node 24');
}

/** Without these no lab can be built; what else is missing it simulates, and says so. */
function labNeeds() {
  return ['redis-server', 'sshd', 'unshare'].filter((program) => !hasProgram(program));
}

async function lab(totals) {
  const needed = labNeeds();
  if (needed.length > 0) return totals.skip('lab', `${needed.join(', ')} not installed`);
  await vitest(totals, 'lab');
}

async function browser(totals) {
  const chromium = process.env.SIGNALBOX_CHROMIUM ?? CHROMIUM.map(whereIs).find(Boolean);
  if (!chromium) return totals.skip('browser', 'there is no Chromium: install it, or name it in SIGNALBOX_CHROMIUM');
  await playwright(totals, 'browser', 'playwright.config.ts', chromium);
  const needed = labNeeds();
  if (needed.length > 0) return totals.skip('browser on a lab', `${needed.join(', ')} not installed`);
  await playwright(totals, 'browser on a lab', 'e2e/lab/playwright.config.ts', chromium);
}

async function playwright(totals, name, config, chromium) {
  const report = path.join(reports, `${name.replaceAll(' ', '-')}.json`);
  const env = { SIGNALBOX_CHROMIUM: chromium, PLAYWRIGHT_JSON_OUTPUT_NAME: report };
  const args = [bin('@playwright/test/cli.js'), 'test', '--config', config, '--reporter=list,json'];
  await totals.run(name, process.execPath, args, { env, count: () => countPlaywright(report) });
}

function whereIs(program) {
  return [...(process.env.PATH ?? '').split(':'), '/usr/bin']
    .map((folder) => path.join(folder, program))
    .find((file) => existsSync(file));
}
