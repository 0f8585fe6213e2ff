export type KeyLooks = { kind: 'empty' } | { kind: 'private'; encrypted: boolean } | { kind: 'wrong'; sentence: string };

// The SSH client of the worker reads OpenSSH's format, PKCS#1 and SEC1 PEM and PuTTY's, not PKCS#8 (ssh2:lib/protocol/keyParser.js).
const PKCS8 = 'This key is in the format PKCS#8, which is not read here. Turn it into the one of OpenSSH: ssh-keygen -p -f FILE';
const OPENSSH_MAGIC = 'openssh-key-v1\0';

/**
 * What a pasted text is, before it is sent: a private key (and whether it needs its passphrase), or what is wrong with it.
 * OpenSSH's own format names its cipher after the magic (openssh PROTOCOL.key); PEM says ENCRYPTED in its header.
 */
export function lookAtKey(text: string): KeyLooks {
  const key = text.trim();
  if (key === '') return { kind: 'empty' };
  if (/^(ssh-|ecdsa-|sk-)\S+ AAAA/.test(key) || key.startsWith('---- BEGIN SSH2 PUBLIC'))
    return { kind: 'wrong', sentence: 'This is the public key. Give the private one: the file without .pub.' };
  if (key.startsWith('PuTTY-User-Key-File')) return { kind: 'private', encrypted: !/^Encryption: none\s*$/m.test(key) };
  const pem = /^-----BEGIN ([A-Z0-9 ]*)PRIVATE KEY-----\r?\n([\s\S]+?)-----END/.exec(key);
  if (!pem) return { kind: 'wrong', sentence: 'This is not a private key. It begins with -----BEGIN … PRIVATE KEY-----.' };
  if (!key.includes('PRIVATE KEY-----', key.indexOf('-----END')))
    return { kind: 'wrong', sentence: 'The key is cut off: its last line, -----END … PRIVATE KEY-----, is missing.' };
  const [, type = '', body = ''] = pem;
  if (type === '' || type.startsWith('ENCRYPTED')) return { kind: 'wrong', sentence: PKCS8 };
  if (type.startsWith('OPENSSH')) return { kind: 'private', encrypted: (opensshCipher(body) ?? 'none') !== 'none' };
  return { kind: 'private', encrypted: body.includes('ENCRYPTED') };
}

/** null: the body cannot be read; the server says what is wrong with it. */
function opensshCipher(body: string): string | null {
  try {
    const raw = atob(body.replace(/\s+/g, ''));
    if (!raw.startsWith(OPENSSH_MAGIC)) return null;
    const at = OPENSSH_MAGIC.length;
    const length = raw.charCodeAt(at + 2) * 256 + raw.charCodeAt(at + 3);
    return raw.slice(at + 4, at + 4 + length);
  } catch {
    return null;
  }
}
