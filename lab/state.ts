import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { labSecrets } from '@/lab/deployment/secrets';
import { bootId, identify, lives } from '@/lab/machine/process';
import { labOptions } from '@/lab/options';

const processId = z.object({ pid: z.number().int(), startTime: z.string() });
const part = z.object({ name: z.string(), real: z.boolean(), why: z.string() });
/** A user of every host; `passwordHash` is crypt(3), `*` allows no password. */
const account = z.object({
  name: z.string(),
  uid: z.number(),
  home: z.string(),
  publicKey: z.string(),
  passwordHash: z.string(),
});
/** What the machine offered when the lab was made; absent paths are programs it does not have. */
const capable = z.object({
  asRoot: z.boolean(),
  engine: z.enum(['docker', 'standin']),
  dockerCli: z.string().optional(),
  livekit: z.string().optional(),
  sshd: z.string(),
  haproxy: z.string().optional(),
  sudo: z.boolean(),
  parts: z.array(part),
});

/** What a lab leaves on disk so that any later process can find, use and end it. Written before anything is started. */
export const labState = z.object({
  version: z.literal(1),
  name: z.string(),
  octet: z.number(),
  /** In the environment of every first process of the lab: what bears it belongs to the lab. */
  token: z.string(),
  bootId: z.string(),
  /** The process that started it and will end it; null for a detached lab. */
  owner: processId.nullable(),
  startedAt: z.string(),
  options: labOptions,
  secrets: labSecrets,
  ssh: z.object({ port: z.number(), observerPassword: z.string().nullable() }),
  accounts: z.array(account),
  capable,
  hosts: z.record(z.string(), z.object({ wrapper: processId, init: processId }).nullable()),
  scenario: z.string().nullable(),
  /** Every host is up and every service answered once. */
  ready: z.boolean(),
});
export type LabState = z.output<typeof labState>;
export type Part = z.output<typeof part>;
export type Account = z.output<typeof account>;
export type Capabilities = z.output<typeof capable>;

/** Folder of all labs of this user; each has one folder with its state, its hosts' trees and its keys. */
export const labsDir = () =>
  process.env.SIGNALBOX_LAB_DIR || join(process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'signalbox', 'labs');

export const dirOf = (name: string) => join(labsDir(), name);
const fileOf = (name: string) => join(dirOf(name), 'state.json');

/** Tokens of labs that this process has ended: a start that is still on its way must not write them down again. */
const ended = new Set<string>();
export const markEnded = (token: string) => ended.add(token);

/** Renamed into place, so a reader never sees half a state; readable by its user only, since it holds the lab's secrets. */
export function writeState(state: LabState): void {
  if (ended.has(state.token)) return;
  const file = fileOf(state.name);
  mkdirSync(dirOf(state.name), { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, JSON.stringify(state, undefined, 1), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

export function readState(name: string): LabState | undefined {
  if (!existsSync(fileOf(name))) return undefined;
  const parsed = labState.safeParse(JSON.parse(readFileSync(fileOf(name), 'utf8')));
  return parsed.success ? parsed.data : undefined;
}

export function listStates(): LabState[] {
  if (!existsSync(labsDir())) return [];
  return readdirSync(labsDir()).flatMap((name) => readState(name) ?? []);
}

/** Left behind: its owner died without ending it, or the machine was restarted since. */
export const isStale = (state: LabState) => state.bootId !== bootId() || (state.owner !== null && !lives(state.owner));

/**
 * Takes an octet for this process until `releaseOctet`; a claim whose process has died is void. Returns false when another
 * start of the same user holds it.
 */
export function claimOctet(octet: number): boolean {
  const claims = join(labsDir(), '.octets');
  mkdirSync(claims, { recursive: true });
  const file = join(claims, String(octet));
  for (const attempt of [1, 2]) {
    try {
      writeFileSync(file, JSON.stringify(identify(process.pid)), { flag: 'wx' });
      return true;
    } catch {
      const holder = processId.safeParse(readClaim(file));
      if (attempt === 1 && !(holder.success && lives(holder.data))) rmSync(file, { force: true });
    }
  }
  return false;
}

const readClaim = (file: string): unknown => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
};

export const releaseOctet = (octet: number) => rmSync(join(labsDir(), '.octets', String(octet)), { force: true });
