import { createHash } from 'node:crypto';
import ssh2 from 'ssh2';
import { BadCredential, type HostKeyFacts } from './errors';

/** What a host key blob (RFC 4253 §6.6: a length-prefixed algorithm name first) says. */
export function hostKeyFacts(endpoint: string, blob: Buffer): HostKeyFacts {
  const length = blob.length >= 4 ? blob.readUInt32BE(0) : 0;
  return {
    endpoint,
    algorithm: length > 0 && length < 64 ? blob.toString('latin1', 4, 4 + length) : 'unknown',
    fingerprint: `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`,
    publicKey: blob.toString('base64'),
  };
}

/**
 * Checks that a private key can be used before any connection is made.
 * @throws BadCredential that says which of key and passphrase is wrong; never carries either
 */
export function checkPrivateKey(key: string, passphrase: string | undefined): void {
  const parsed = ssh2.utils.parseKey(key, passphrase);
  if (!(parsed instanceof Error)) {
    const one = Array.isArray(parsed) ? parsed[0] : parsed;
    if (one?.isPrivateKey()) return;
    throw new BadCredential('This is a public key.', 'Give the private key, the file without .pub.', 'not-a-key');
  }
  const message = parsed.message;
  if (/no passphrase given/i.test(message))
    throw new BadCredential(
      'The SSH key is encrypted and no passphrase was given.',
      'Give its passphrase.',
      'passphrase-missing',
    );
  if (/bad passphrase|integrity check failed|bad decrypt|decrypt/i.test(message))
    throw new BadCredential('The passphrase does not open the SSH key.', 'Enter the passphrase again.', 'passphrase-wrong');
  throw new BadCredential(
    'This is not an SSH private key.',
    'Give a key in OpenSSH or PEM format: the whole file, from -----BEGIN to -----END.',
    'not-a-key',
  );
}
