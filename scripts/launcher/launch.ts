import { hostname, networkInterfaces } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '@/lib/db/embedded';
import { firstAdministrator } from './administrator';
import { openDatabase, type Database } from './database';
import { openGate, type Gate } from './gate';
import { openKeys } from './keys';
import type { Lock } from './lock';
import { openOutput, type LogTarget } from './output';
import { supervise, type Supervised } from './processes';
import { webProgram, workerProgram } from './programs';
import { trustedProxies } from './proxies';
import { readLaunchSettings, type LaunchSettings } from './settings';
import { inOwnAccount } from './web-account';

interface LaunchOptions {
  dataDir: string;
  lock: Lock;
  logs: LogTarget;
  /** Default: the environment of this process. */
  env?: NodeJS.ProcessEnv;
  /** Tests put small programs in the place of console and worker. */
  programs?: { web: typeof webProgram; worker: typeof workerProgram };
}

const PRODUCT = { web: webProgram, worker: workerProgram };

export interface Launched {
  url: string;
  database: Database;
  /** What is printed when everything is up. */
  greeting: string[];
  /** Settles when it cannot go on: the database has ended. */
  failed: Promise<{ failed: true; sentence: string }>;
  /** Web and worker first, the database last. */
  stop: () => Promise<void>;
}

/** Starts database, console and worker, in that order, and gives back the address when the console answers. */
export async function launch({ dataDir, lock, logs, env = process.env, programs = PRODUCT }: LaunchOptions): Promise<Launched> {
  const output = openOutput(dataDir, logs);
  const { log } = output;
  const undo: (() => Promise<unknown>)[] = [lock.release];
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step().catch((error: unknown) => log(`while ending: ${String(error)}`));
  };
  try {
    const settings = await readLaunchSettings(env);
    const upstreamPort = await freePort();
    const gate = await openGate({ ...listening(settings), upstreamPort, log });
    undo.push(gate.close);
    // Without TLS and a name that was given, the console takes whatever name reaches it (127.0.0.1 and localhost alike).
    const publicUrl = settings.SIGNALBOX_PUBLIC_URL?.replace(/\/$/, '') ?? gate.certifiedUrl;
    const url = publicUrl ?? addressOf(gate, settings.HOST);
    const keys = await openKeys(dataDir, settings.SIGNALBOX_SECRET);
    const database = await openDatabase({ dataDir, settings, log });
    undo.push(database.stop);

    const { web: webUrl, worker: workerUrl } = database.connections;
    const webConsole = programs.web({ env, publicUrl, port: upstreamPort, database: webUrl, keys });
    const web = supervise(inOwnAccount(webConsole, keys.sealingKeyFile, log), output.of('web'), log);
    const worker = supervise(programs.worker({ env, database: workerUrl, keys }), output.of('worker'), log);
    // The gate first: it ends the event streams, without which the console ends at once.
    undo.push(() => gate.close().then(() => Promise.all([web.stop(), worker.stop()])));
    await untilAnswers(upstreamPort, web);
    await lock.announce(url);
    const administrator = await firstAdministrator({ database: database.connections.web, url, settings });
    return { url, database, greeting: greeting({ url, dataDir, administrator, logs }), failed: failureOf(database), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function listening({
  HOST,
  PORT,
  SIGNALBOX_TLS_CERT,
  SIGNALBOX_TLS_KEY,
  SIGNALBOX_TRUSTED_PROXIES,
  SIGNALBOX_PUBLIC_URL,
}: LaunchSettings) {
  const tls = SIGNALBOX_TLS_CERT && SIGNALBOX_TLS_KEY ? { certFile: SIGNALBOX_TLS_CERT, keyFile: SIGNALBOX_TLS_KEY } : undefined;
  // A public URL together with own certificates means that no proxy stands in front.
  const trusted = trustedProxies(SIGNALBOX_TRUSTED_PROXIES, Boolean(SIGNALBOX_PUBLIC_URL) && !tls);
  return { host: HOST, port: PORT, tls, trusted };
}

/** Where a browser reaches it; "all addresses" is none to open, so the first one of this machine that others see. */
function addressOf({ scheme, port }: Gate, host: string): string {
  const everywhere = host === '0.0.0.0' || host === '::';
  const outside = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const name = everywhere ? (outside.find((a) => !a.internal && a.family === 'IPv4')?.address ?? hostname()) : host;
  const usual = (scheme === 'https' && port === 443) || (scheme === 'http' && port === 80);
  return `${scheme}://${name.includes(':') ? `[${name}]` : name}${usual ? '' : `:${port}`}`;
}

/** Any answer counts; what it says of its health is for who reads /readyz. @throws when it keeps dying or stays silent. */
async function untilAnswers(port: number, web: Supervised, withinMs = 60_000) {
  const end = Date.now() + withinMs;
  while (Date.now() < end) {
    const answered = await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(5_000) }).then(
      () => true,
      () => false,
    );
    if (answered) return;
    await delay(50);
  }
  throw new Error(`The console did not answer within ${withinMs / 1000} s${web.pid() ? '' : '; it keeps ending, see its log'}.`);
}

async function failureOf(database: Database): Promise<{ failed: true; sentence: string }> {
  return { failed: true, sentence: `Signalbox: the embedded Postgres has ended for good:\n${await database.failed}` };
}

interface Greeting {
  url: string;
  dataDir: string;
  administrator: string[];
  logs: LogTarget;
}

function greeting({ url, dataDir, administrator, logs }: Greeting): string[] {
  return [
    '',
    `Signalbox is up: ${url}`,
    ...administrator,
    `Data folder: ${dataDir}`,
    ...(logs === 'files' ? [`Logs: ${path.join(dataDir, 'logs')}`, 'Ctrl-C ends it.'] : []),
    '',
  ];
}
