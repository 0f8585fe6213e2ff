import { hostname } from 'node:os';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { loadOpener } from '@/lib/db/seal';
import { makeLog } from './log';
import { openLinks } from './observe/open-links';
import { runWorker } from './run';

const Env = z.object({
  DATABASE_URL: z.string().min(1),
  SIGNALBOX_SEALING_KEY_FILE: z.string().min(1).optional(),
  SIGNALBOX_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
});

const STOP_MS = 8_000;

const env = Env.safeParse(process.env);
if (!env.success) {
  process.stderr.write(`the worker needs ${env.error.issues.map((i) => i.path.join('.')).join(', ')} in its environment\n`);
  process.exit(2);
}
const { DATABASE_URL: databaseUrl, SIGNALBOX_SEALING_KEY_FILE: keyFile, SIGNALBOX_LOG_LEVEL: level } = env.data;
// Nothing the worker starts, and no crash report, needs to see where the database is.
delete process.env.DATABASE_URL;

const log = makeLog(level);
const opener = keyFile ? await loadOpener(keyFile) : null;
if (!opener) log.warn('no sealing key: stored secrets cannot be opened');

const id = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
const worker = runWorker({ databaseUrl, opener, openLinks, log, id });
log.info({ id, node: process.version }, 'worker started');

process.on('unhandledRejection', (error) => log.error({ error }, 'unhandled rejection'));
let stopping = false;
for (const name of ['SIGTERM', 'SIGINT'] as const) {
  process.on(name, () => {
    if (stopping) return;
    stopping = true;
    log.info({ signal: name }, 'worker stops: leases are given up');
    setTimeout(() => process.exit(1), STOP_MS).unref();
    worker.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  });
}
