import { setTimeout as delay } from 'node:timers/promises';
import { dataDirectory } from './data-dir';
import { launch } from './launch';
import { claimOrExplain, runningIn } from './lock';

/** `npm start`: until Ctrl-C or SIGTERM. A second start in the same data folder names the first and is content (exit code 0). */
export async function start(programs?: Parameters<typeof launch>[0]['programs']) {
  const dataDir = dataDirectory();
  const claimed = await claimOrExplain(dataDir);
  if ('holder' in claimed) {
    const url = await urlOfHolder(dataDir);
    console.log(
      `Signalbox runs already for ${dataDir} (process ${claimed.holder.pid})${url ? `: ${url}` : ', and is still starting'}`,
    );
    return;
  }
  const signalbox = await launch({ dataDir, lock: claimed.lock, logs: process.stdout.isTTY ? 'files' : 'stdout', programs });
  console.log(signalbox.greeting.join('\n'));
  const why = await Promise.race([untilSignal(), signalbox.failed]);
  if (why.failed) console.error(why.sentence);
  await signalbox.stop();
  process.exit(why.failed ? 1 : 0);
}

/** Starting takes seconds; the second one waits for the address of the first. */
export async function urlOfHolder(dataDir: string, withinMs = 60_000): Promise<string | undefined> {
  for (const end = Date.now() + withinMs; Date.now() < end;) {
    const holder = await runningIn(dataDir);
    if (!holder || holder.url) return holder?.url;
    await delay(200);
  }
  return undefined;
}

/** Web, worker and Postgres have bounded time to end, so further signals change nothing. */
export function untilSignal(): Promise<{ failed: false }> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        console.error('Signalbox: ending …');
        resolve({ failed: false });
      });
    }
  });
}
