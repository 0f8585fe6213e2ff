import ssh2 from 'ssh2';
import type { FieldError } from '../errors';

/** The pairs of secrets that make one private key. */
const PAIRS = [
  ['sshKey', 'sshKeyPassphrase'],
  ['jumpKey', 'jumpKeyPassphrase'],
] as const;

type KeySecrets = Partial<Record<(typeof PAIRS)[number][number], string>>;

/** Whether each private key that enters can be used at all; the field of the error is the one to correct. */
export function checkKeys(secrets: KeySecrets): FieldError[] {
  return PAIRS.flatMap(([key, passphrase]) => {
    const text = secrets[key];
    return text === undefined ? [] : checkKey(text, secrets[passphrase], key, passphrase);
  });
}

function checkKey(text: string, passphrase: string | undefined, keyField: string, passphraseField: string): FieldError[] {
  const beside = (field: string, detail: string): FieldError[] => [{ field: `secrets.${field}`, detail }];
  if (/^(?:ssh-|ecdsa-)\S+ [A-Za-z0-9+/]/.test(text.trim())) {
    return beside(keyField, 'this is a public key; give the private one, which begins with -----BEGIN');
  }
  const parsed = ssh2.utils.parseKey(normalizedKey(text), passphrase);
  if (!(parsed instanceof Error)) {
    const first = Array.isArray(parsed) ? parsed[0] : parsed;
    return first?.isPrivateKey() ? [] : beside(keyField, 'this is a public key; give the private one');
  }
  // ssh2 says these in words only (lib/protocol/keyParser.js).
  if (/no passphrase given/i.test(parsed.message)) return beside(passphraseField, 'the key has a passphrase: enter it');
  if (/bad passphrase|integrity check failed|bad decrypt/i.test(parsed.message)) {
    return beside(passphraseField, 'this passphrase does not open the key');
  }
  return beside(keyField, 'not a private key; paste the whole file, from -----BEGIN to -----END');
}

/** Pasted keys come with the line ends of Windows and without the last one; OpenSSH's format needs it. */
export const normalizedKey = (text: string): string => `${text.replaceAll('\r\n', '\n').trim()}\n`;
