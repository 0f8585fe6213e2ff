// What has to be there before any TypeScript can run: packages, the generated database client, the built console.
// Plain JavaScript without imports of npm packages, because it runs in a fresh clone.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');
const at = (...parts) => path.join(root, ...parts);
const say = (line) => process.stderr.write(`${line}\n`); // stdout belongs to the command's own answer

/**
 * Makes this checkout ready to run; what is there already costs some 50 ms.
 * @param {{ build?: boolean }} [what] build: the console as well (next build), needed by whoever serves it
 */
export async function prepare({ build = false } = {}) {
  process.chdir(root);
  checkNode();
  const release = isWritable() ? await lockCheckout() : () => undefined;
  try {
    await installPackages();
    await generateClient();
    if (build) await buildConsole();
  } finally {
    release();
  }
}

/** Runs a TypeScript entry of scripts/ in this process, with the `@/` alias of tsconfig.json. */
export async function runTypeScript(file) {
  const { register } = await import('tsx/esm/api');
  register();
  return import(new URL(file, import.meta.url).href);
}

/** The end of a command that failed: its sentence, no stack unless asked for. */
export function fail(error) {
  say(process.env.SIGNALBOX_DEBUG ? (error?.stack ?? String(error)) : `Signalbox: ${error?.message ?? error}`);
  process.exit(1);
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19))
    throw new Error(`Node.js 20.19 or newer is needed (24 is recommended); this is ${process.versions.node}.`);
}

function isWritable() {
  try {
    accessSync(root, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** A service's account often may not write to the program that it runs. */
function mayMake(what) {
  if (!isWritable())
    throw new Error(`${what} in ${root}, which this account may not write to. Run "npm run build" there as its owner.`);
}

async function installPackages() {
  if (packagesMatch()) return;
  mayMake('npm packages are missing');
  say('Installing npm packages (once) …');
  const npm = process.env.npm_execpath;
  const command = npm?.endsWith('.js') ? [process.execPath, npm] : ['npm'];
  // Some shells set NODE_ENV=production, with which npm leaves out what the build needs.
  const flags = ['--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  try {
    await run([...command, 'ci', ...flags], 'npm ci', { quiet: true });
  } catch (error) {
    // npm ci wants every other platform's optional package in the lock file, which a registry that lacks them cannot give
    // (npm/cli#4828). This takes the same versions from the lock file and leaves it as it is.
    say(whyNotCi(error.output ?? ''));
    await run([...command, 'install', '--no-save', ...flags], 'npm install');
  }
}

/**
 * One line for the operator on why `npm ci` did not do.
 * @param {string} output what it said
 */
export function whyNotCi(output) {
  const missing = output.match(/^npm error Missing: \S+ from lock file$/gm)?.length ?? 0;
  const invalid = /^npm error Invalid:/m.test(output);
  if (missing > 0 && !invalid)
    return `npm ci refuses a lock file without the ${missing} optional packages of other platforms; npm install takes the same versions from it …`;
  const said = output.split('\n').find((line) => line.startsWith('npm error ') && !/^npm error (code|errno|syscall) /.test(line));
  return `npm ci failed${said ? ` (${said.slice('npm error '.length)})` : ''}; trying npm install …`;
}

/** npm's own record of what it installed against the lock file: also right after a `git pull`. */
function packagesMatch() {
  try {
    const wanted = JSON.parse(readFileSync(at('package-lock.json'), 'utf8')).packages;
    const present = JSON.parse(readFileSync(at('node_modules/.package-lock.json'), 'utf8')).packages;
    return Object.entries(wanted).every(
      ([name, { version, optional }]) => name === '' || optional || present[name]?.version === version,
    );
  } catch {
    return false;
  }
}

async function generateClient() {
  const stamp = at('lib/db/generated/.made-of');
  const wanted = hashOf(['prisma/schema.prisma', 'node_modules/prisma/package.json']);
  if (existsSync(at('lib/db/generated/client.ts')) && read(stamp) === wanted) return;
  mayMake('the database client is missing');
  say('Generating the database client …');
  // Without an engine binary in its environment the CLI would download one, which a closed network does not allow; none is run.
  const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath };
  await run([process.execPath, at('node_modules/prisma/build/index.js'), 'generate'], 'prisma generate', { env });
  writeFileSync(stamp, wanted);
}

const SOURCES = [
  'app',
  'components',
  'lib',
  'prisma/schema.prisma',
  'public',
  'next.config.ts',
  'proxy.ts',
  'postcss.config.mjs',
  'tsconfig.json',
  'package-lock.json',
];

async function buildConsole() {
  const stamp = at('.next/standalone/.made-of');
  const wanted = hashOf(SOURCES);
  if (existsSync(at('.next/standalone/server.js')) && read(stamp) === wanted) return;
  mayMake('the console is not built');
  say('Building the console (once, about a minute) …');
  const env = { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' };
  await run([process.execPath, at('node_modules/next/dist/bin/next'), 'build'], 'next build', { env });
  finishStandalone();
  writeFileSync(stamp, wanted);
}

/** Next leaves these two to whoever deploys its standalone server. */
function finishStandalone() {
  if (!existsSync(at('.next/standalone/server.js')))
    throw new Error('next build made no .next/standalone/server.js: see output and outputFileTracingRoot in next.config.ts');
  rmSync(at('.next/standalone/.next/static'), { recursive: true, force: true });
  cpSync(at('.next/static'), at('.next/standalone/.next/static'), { recursive: true });
  if (existsSync(at('public'))) cpSync(at('public'), at('.next/standalone/public'), { recursive: true });
}

/** Of names and contents; tests and generated files do not count. */
function hashOf(names) {
  const hash = createHash('sha256').update(process.versions.modules);
  const visit = (name) => {
    const file = at(name);
    if (!existsSync(file) || name === 'lib/db/generated' || name.includes('.test.')) return;
    if (statSync(file).isDirectory()) {
      for (const entry of readdirSync(file).sort()) visit(`${name}/${entry}`);
    } else {
      hash.update(`${name}\0`).update(readFileSync(file)).update('\0');
    }
  };
  names.forEach(visit);
  return hash.digest('hex');
}

const read = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : undefined);

/** Its output is shown only when it fails. */
function run([command, ...args], name, { env = process.env, quiet = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(chunk));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) return resolve();
      const said = Buffer.concat(output).toString('utf8');
      if (!quiet) say(said.slice(-8000));
      reject(Object.assign(new Error(`${name} failed (${code ?? 'killed'}); its output is above`), { output: said }));
    });
  });
}

/** Two starts at once in one checkout: the second waits until the first has installed and built. */
async function lockCheckout() {
  const lock = at('.cache/prepare.lock');
  mkdirSync(at('.cache'), { recursive: true });
  for (let said = false; ;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      return () => rmSync(lock, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (!isAlive(Number(read(lock)))) {
      rmSync(lock, { force: true });
      continue;
    }
    if (!said) say('Another command is preparing this checkout; waiting for it …');
    said = true;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function isAlive(pid) {
  if (!pid || pid === process.pid) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}
