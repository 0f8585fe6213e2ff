import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '@hpke/core';

// RFC 9180 (HPKE, base mode): anyone with the public key seals, only the worker's private key opens.
const suite = new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
const INFO = new TextEncoder().encode('signalbox secret v1');
const ENC_LENGTH = 65; // uncompressed P-256 point

/** What a sealed secret is good for; changing any part makes it unopenable. */
export type SecretContext = { deploymentId: string; kind: string; boundTo: string };
const aad = (c: SecretContext) => new TextEncoder().encode(JSON.stringify([c.deploymentId, c.kind, c.boundTo]));

export type Sealer = { keyId: string; seal(value: string, context: SecretContext): Promise<Uint8Array> };
export type Opener = Sealer & { open(sealed: Uint8Array, context: SecretContext): Promise<string> };

type KeyFile = { keyId: string; key: JsonWebKey };

/** Makes `sealing.key` (private, mode 600, for the worker) and `sealing.pub` (for web) in `dir`; leaves existing ones alone. */
export async function generateSealingKeys(dir: string): Promise<{ privateFile: string; publicFile: string }> {
  const privateFile = join(dir, 'sealing.key');
  const publicFile = join(dir, 'sealing.pub');
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const there = await readFile(privateFile).catch((e: NodeJS.ErrnoException) => (e.code === 'ENOENT' ? null : Promise.reject(e)));
  if (!there) {
    const pair = await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, true, ['deriveBits']);
    const keyId = randomBytes(6).toString('hex');
    // The public half first: a crash in between leaves no private key without it.
    await writeFile(publicFile, JSON.stringify({ keyId, key: await crypto.subtle.exportKey('jwk', pair.publicKey) }));
    await writeFile(privateFile, JSON.stringify({ keyId, key: await crypto.subtle.exportKey('jwk', pair.privateKey) }), {
      mode: 0o600,
      flag: 'wx',
    });
    await chmod(privateFile, 0o600);
  }
  return { privateFile, publicFile };
}

const readKey = async (file: string) => JSON.parse(await readFile(file, 'utf8')) as KeyFile;

/** From the public file: can seal, cannot open. */
export async function loadSealer(publicFile: string): Promise<Sealer> {
  return sealerFrom(await readFile(publicFile, 'utf8'));
}

/** From the text of the public file, for a process that may not read the folder of the keys. */
export async function sealerFrom(publicText: string): Promise<Sealer> {
  const { keyId, key } = JSON.parse(publicText) as KeyFile; // as generateSealingKeys wrote it
  return sealerOf(keyId, { kty: key.kty, crv: key.crv, x: key.x, y: key.y });
}

async function sealerOf(keyId: string, publicJwk: JsonWebKey): Promise<Sealer> {
  const recipientPublicKey = await crypto.subtle.importKey('jwk', publicJwk, { name: 'ECDH', namedCurve: 'P-256' }, true, []);
  return {
    keyId,
    async seal(value, context) {
      const sender = await suite.createSenderContext({ recipientPublicKey, info: INFO });
      const box = new Uint8Array(await sender.seal(new TextEncoder().encode(value), aad(context)));
      const enc = new Uint8Array(sender.enc);
      const out = new Uint8Array(enc.length + box.length);
      out.set(enc);
      out.set(box, enc.length);
      return out;
    },
  };
}

/**
 * From the private file; worker only.
 * @throws Error when the secret was sealed for another deployment, kind or endpoint, or with another key.
 */
export async function loadOpener(privateFile: string): Promise<Opener> {
  const { keyId, key } = await readKey(privateFile);
  // Extractable, because HPKE derives the public half from it.
  const recipientKey = await crypto.subtle.importKey('jwk', key, { name: 'ECDH', namedCurve: 'P-256' }, true, ['deriveBits']);
  return {
    ...(await sealerOf(keyId, { kty: key.kty, crv: key.crv, x: key.x, y: key.y })),
    async open(sealed, context) {
      const copy = Uint8Array.from(sealed); // detached from the driver's shared buffer
      try {
        const recipient = await suite.createRecipientContext({ recipientKey, enc: copy.slice(0, ENC_LENGTH).buffer, info: INFO });
        return new TextDecoder().decode(await recipient.open(copy.slice(ENC_LENGTH).buffer, aad(context)));
      } catch {
        throw new Error(
          `the stored ${context.kind} was not given for this endpoint or was sealed with another key: enter it again`,
        );
      }
    },
  };
}
