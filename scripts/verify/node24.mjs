import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../prepare.mjs';

/** Node 24 from the npm package `node`, beside the project and not in it. @returns {Promise<{program: string} | {missing: string}>} */
export async function node24() {
  const folder = path.join(root, '.cache', 'node24');
  const program = path.join(folder, 'node_modules', 'node', 'bin', 'node');
  if (!works(program)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ private: true, allowScripts: { node: true } }));
    // Its install script fetches the binary's package by npm; without scripts the program is not there.
    spawnSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', 'node@24'], { cwd: folder, stdio: 'ignore' });
  }
  return works(program) ? { program } : { missing: 'the npm package node@24 could not be installed' };
}

const works = (program) =>
  existsSync(program) && spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout?.startsWith('v24.');
