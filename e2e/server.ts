import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { launch } from '../scripts/launcher/launch';
import { claimOrExplain } from '../scripts/launcher/lock';
import { webProgram, workerProgram } from '../scripts/launcher/programs';
import { untilSignal } from '../scripts/launcher/start';
import { ADMIN, SERVER_FILE, STATE_DIR } from './admin';
import { seed } from './seed/seed';

/**
 * The console of the browser tests: as `npm start` runs it, on a database of its own that goes when it ends. In the place of the
 * worker stands seed/seed.ts, which simulates one.
 */
const dataDir = await mkdtemp(path.join(tmpdir(), 'signalbox-e2e-'));
const claimed = await claimOrExplain(dataDir);
if (!('lock' in claimed)) throw new Error(`${dataDir} is taken`);
const idle = (options: Parameters<typeof workerProgram>[0]) => ({
  ...workerProgram(options),
  args: ['-e', 'setInterval(() => {}, 1e6)'],
});
const signalbox = await launch({
  dataDir,
  lock: claimed.lock,
  logs: 'stdout',
  env: { ...process.env, SIGNALBOX_ADMIN_EMAIL: ADMIN.email, SIGNALBOX_ADMIN_PASSWORD: ADMIN.password, SIGNALBOX_DESIGN: '1' },
  programs: { web: webProgram, worker: idle },
});
const stopSeed = await seed(signalbox.database.connections);
await mkdir(STATE_DIR, { recursive: true });
await writeFile(SERVER_FILE, JSON.stringify({ url: signalbox.url, ...signalbox.database.connections }), { mode: 0o600 });
console.log(`ready: ${signalbox.url}`);
await untilSignal();
await stopSeed();
await signalbox.stop();
await rm(dataDir, { recursive: true, force: true });
process.exit(0);
