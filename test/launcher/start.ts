import { fileURLToPath } from 'node:url';
import { webProgram, workerProgram } from '@/scripts/launcher/programs';
import { start } from '@/scripts/launcher/start';

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

// The real launcher in a process of its own, with small programs in the place of console and worker.
start({
  web: (options) => ({ ...webProgram(options), args: [here('web.mjs')], cwd: here('.') }),
  worker: (options) => ({ ...workerProgram(options), args: [here('worker.mjs')] }),
}).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
});
