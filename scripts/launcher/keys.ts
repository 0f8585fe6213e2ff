import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { generateSealingKeys } from '@/lib/db/seal';

export interface Keys {
  /** Signs the sessions of the console; web only. */
  sessionSecret: string;
  /** Opens the secrets of the fleet; worker only. */
  sealingKeyFile: string;
  /** Seals them; for web as text, whose account may not read this folder. */
  sealingPublicFile: string;
  sealingPublic: string;
}

/** The keys of this installation, made at the first start in `<data>/keys` (mode 700, files 600). */
export async function openKeys(dataDir: string, givenSecret: string | undefined): Promise<Keys> {
  const folder = path.join(dataDir, 'keys');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { privateFile, publicFile } = await generateSealingKeys(folder);
  if (givenSecret !== undefined) refuseWeak(givenSecret);
  const sessionSecret = givenSecret ?? (await keptSecret(path.join(folder, 'session.secret')));
  const sealingPublic = await readFile(publicFile, 'utf8');
  return { sessionSecret, sealingKeyFile: privateFile, sealingPublicFile: publicFile, sealingPublic };
}

async function keptSecret(file: string): Promise<string> {
  const half = `${file}.${process.pid}`;
  await writeFile(half, randomBytes(48).toString('base64url'), { mode: 0o600 });
  await link(half, file).catch(() => undefined); // there already: it stays
  await rm(half);
  const secret = (await readFile(file, 'utf8')).trim();
  refuseWeak(secret, file);
  return secret;
}

const LEAST_LENGTH = 32;
const LEAST_BITS = 96;
const LEAST_DEFLATED = 20;

/** @throws when a secret is short, of few different characters (Shannon's entropy times its length), or one word over and over (deflate finds that). */
export function refuseWeak(secret: string, name = 'SIGNALBOX_SECRET') {
  const advice = 'Make one with: openssl rand -base64 48';
  if (secret.length < LEAST_LENGTH)
    throw new Error(`${name} is too short (${secret.length} characters, at least ${LEAST_LENGTH}). ${advice}`);
  const counts = new Map<string, number>();
  for (const character of secret) counts.set(character, (counts.get(character) ?? 0) + 1);
  const bitsEach = [...counts.values()].reduce((sum, n) => sum - (n / secret.length) * Math.log2(n / secret.length), 0);
  if (bitsEach * secret.length < LEAST_BITS || deflateRawSync(secret).length < LEAST_DEFLATED) {
    throw new Error(`${name} is too easy to guess: it repeats itself. ${advice}`);
  }
}
