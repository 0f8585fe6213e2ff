import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { identify, isSame, type ProcessIdentity } from './process-identity';

const record = z.object({ pid: z.int(), started: z.string(), url: z.string().optional() });
type Running = z.infer<typeof record>;

export interface Lock {
  /** Tells a second start where this one is reached. */
  announce: (url: string) => Promise<void>;
  release: () => Promise<void>;
}

const fileOf = (dataDir: string) => path.join(dataDir, 'running.json');

/** One launcher a data folder. @returns the lock, or who holds it. A holder that was killed holds nothing. */
export async function claim(dataDir: string): Promise<{ lock: Lock } | { holder: Running }> {
  await mkdir(dataDir, { recursive: true });
  const own = await identify(process.pid);
  if (!own) throw new Error('this process cannot be identified: neither /proc nor ps is there');
  const mine = `${fileOf(dataDir)}.${own.pid}`;
  await writeFile(mine, JSON.stringify(own), { mode: 0o600 });
  try {
    for (;;) {
      const holder = await runningIn(dataDir);
      if (holder) return { holder };
      await clearStale(dataDir, mine);
      try {
        await link(mine, fileOf(dataDir)); // atomic: the file appears with its content
        return { lock: lockOf(dataDir, own) };
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      }
    }
  } finally {
    await rm(mine, { force: true });
  }
}

/** `claim`, with the folder named when it cannot be used. */
export async function claimOrExplain(dataDir: string) {
  return claim(dataDir).catch((error: unknown) => {
    throw new Error(
      `The data folder ${dataDir} cannot be used: ${error instanceof Error ? error.message : String(error)}. SIGNALBOX_DATA_DIR chooses another.`,
      { cause: error },
    );
  });
}

/** Who runs in a data folder now. */
export async function runningIn(dataDir: string): Promise<Running | undefined> {
  const content = await readFile(fileOf(dataDir), 'utf8').catch(() => undefined);
  if (content === undefined) return undefined;
  const parsed = record.safeParse(parseJson(content));
  return parsed.success && (await isSame(parsed.data)) ? parsed.data : undefined;
}

/** Moved aside and looked at again: between the look and the move another starter may have put its own there. */
async function clearStale(dataDir: string, mine: string) {
  const aside = `${mine}.stale`;
  try {
    await rename(fileOf(dataDir), aside);
  } catch {
    return; // none there
  }
  const parsed = record.safeParse(parseJson(await readFile(aside, 'utf8')));
  if (parsed.success && (await isSame(parsed.data))) await link(aside, fileOf(dataDir)).catch(() => undefined);
  await rm(aside, { force: true });
}

function lockOf(dataDir: string, own: ProcessIdentity): Lock {
  const file = fileOf(dataDir);
  return {
    announce: async (url) => {
      await writeFile(`${file}.new`, JSON.stringify({ ...own, url }), { mode: 0o600 });
      await rename(`${file}.new`, file);
    },
    release: () => rm(file, { force: true }),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
