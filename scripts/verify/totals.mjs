import { spawn } from 'node:child_process';
import { createWriteStream, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../prepare.mjs';

/** Adds up what every step says. A step without tests of its own (a linter) counts as one. */
export class Totals {
  passed = 0;
  failed = 0;
  skipped = 0;

  /** @param {string[]} only names of steps; empty: all of them */
  constructor(folder, only) {
    this.folder = folder;
    this.only = only;
  }

  wants(name) {
    return this.only.length === 0 || this.only.includes(name);
  }

  /** A JavaScript entry of a package, run by this node. */
  command(name, args) {
    return this.run(name, process.execPath, args);
  }

  /**
   * Runs a program; its output goes to a log and is shown when the step fails.
   * @param {{ env?: Record<string, string>, count?: () => { passed: number, failed: number, skipped: number, notes?: string[] } | undefined }} [how]
   *   count: reads the report that the program has written; undefined when there is none
   */
  async run(name, program, args, { env = {}, count } = {}) {
    if (!this.wants(name)) return true;
    const { FORCE_COLOR: _, ...withoutColour } = process.env;
    const log = path.join(this.folder, `${name.replaceAll(' ', '-')}.log`);
    const began = Date.now();
    const code = await spawned(program, args, { ...withoutColour, CI: '1', NO_COLOR: '1', ...env }, log);
    const output = readFileSync(log, 'utf8');
    const counted = count?.();
    const sum = counted ?? { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
    // A runner that fails without a failed test (nothing found, a crash, a report missing) has failed once.
    const failed = sum.failed === 0 && (code !== 0 || (count && !counted)) ? 1 : sum.failed;
    this.add(name, { ...sum, failed }, began);
    for (const note of new Set([...(sum.notes ?? []), ...output.split('\n').filter((line) => line.startsWith('skipped: '))]))
      console.log(`    ${note}`);
    if (failed > 0) console.log(output.slice(-20_000));
    return failed === 0;
  }

  /** A step of this process. */
  async task(name, work) {
    if (!this.wants(name)) return true;
    const began = Date.now();
    try {
      await work();
      this.add(name, { passed: 1, failed: 0, skipped: 0 }, began);
      return true;
    } catch (error) {
      this.broke(name, error, began);
      return false;
    }
  }

  broke(name, error, began = Date.now()) {
    this.add(name, { passed: 0, failed: 1, skipped: 0 }, began);
    console.log(error?.stack ?? String(error));
  }

  skip(name, reason) {
    if (!this.wants(name)) return;
    this.skipped += 1;
    console.log(`${name}: skipped, because ${reason}`);
  }

  add(name, { passed, failed, skipped }, began) {
    this.passed += passed;
    this.failed += failed;
    this.skipped += skipped;
    const parts = [failed > 0 && `${failed} FAILED`, `${passed} passed`, skipped > 0 && `${skipped} skipped`].filter(Boolean);
    console.log(`${name}: ${parts.join(', ')} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
  }

  print() {
    console.log(`\n${this.passed} passed, ${this.failed} failed${this.skipped > 0 ? `, ${this.skipped} skipped` : ''}`);
  }
}

function spawned(program, args, env, log) {
  return new Promise((resolve) => {
    const file = createWriteStream(log);
    const child = spawn(program, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) stream.pipe(file, { end: false });
    const over = (code, line = '') => file.end(line, () => resolve(code));
    child.once('error', (error) => over(1, `${error}\n`));
    child.once('close', (code) => over(code ?? 1));
  });
}
