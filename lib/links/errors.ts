/**
 * Why a link failed, for people: `message` is one sentence, `advice` says what to do. `silent` tells "no answer" (which
 * proves nothing about the node) from an answer that was bad.
 */
export class LinkError extends Error {
  override readonly name: string = 'LinkError';
  constructor(
    message: string,
    readonly advice: string | null = null,
    readonly silent = false,
  ) {
    super(message);
  }
}

/** The port is closed: something answered, and said no. */
export class Refused extends LinkError {
  override readonly name = 'Refused';
}
/** Nothing answered in time, or there is no way there. */
export class Unreachable extends LinkError {
  override readonly name = 'Unreachable';
  constructor(message: string, advice: string | null = null) {
    super(message, advice, true);
  }
}
/** It answered and then stopped, or the connection was cut. */
export class LostConnection extends LinkError {
  override readonly name = 'LostConnection';
  constructor(message: string, advice: string | null = null) {
    super(message, advice, true);
  }
}
/** Credentials were refused. */
export class AuthRefused extends LinkError {
  override readonly name = 'AuthRefused';
}
/** The credential itself cannot be used: not a key, passphrase missing or wrong. */
export class BadCredential extends LinkError {
  override readonly name = 'BadCredential';
  constructor(
    message: string,
    advice: string,
    readonly problem: 'not-a-key' | 'passphrase-missing' | 'passphrase-wrong' | 'missing',
  ) {
    super(message, advice);
  }
}
/** The answer is none that this protocol allows, is longer than allowed, or was cut short. */
export class BadAnswer extends LinkError {
  override readonly name = 'BadAnswer';
}
/** The user may log in but not do this there (sudo, docker, forwarding). */
export class NotAllowed extends LinkError {
  override readonly name = 'NotAllowed';
}

export type HostKeyFacts = {
  /** address:port */
  endpoint: string;
  /** Such as ssh-ed25519. */
  algorithm: string;
  /** SHA256:… as ssh-keygen prints it. */
  fingerprint: string;
  /** Base64 of the key blob, as in known_hosts. */
  publicKey: string;
};
/** Nobody has confirmed this host's key yet; no credential was sent. */
export class HostKeyUnknown extends LinkError {
  override readonly name = 'HostKeyUnknown';
  constructor(readonly hostKey: HostKeyFacts) {
    super(
      `${hostKey.endpoint} shows the host key ${hostKey.fingerprint}, which nobody has confirmed yet.`,
      'Compare the fingerprint with ssh-keygen -lf on the machine, then confirm it.',
    );
  }
}
/** Another key than the pinned one: a reinstalled machine, or someone in between. No credential was sent. */
export class HostKeyChanged extends LinkError {
  override readonly name = 'HostKeyChanged';
  constructor(
    readonly hostKey: HostKeyFacts,
    readonly pinned: string[],
  ) {
    super(
      `${hostKey.endpoint} shows the host key ${hostKey.fingerprint}, not the pinned ${pinned.join(' or ')}.`,
      'If the machine was reinstalled, compare the new fingerprint there and confirm it; otherwise someone may be in between.',
    );
  }
}

/** Any thrown thing as a LinkError; socket error codes get their sentence. `what` names the endpoint. */
export function asLinkError(error: unknown, what: string): LinkError {
  if (error instanceof LinkError) return error;
  if (!(error instanceof Error)) return new LinkError(`${what} failed.`);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  switch (code) {
    case 'ECONNREFUSED':
      return new Refused(`${what} refused the connection.`, 'Nothing listens there: is the service running, is the port right?');
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new Unreachable(`The name of ${what} cannot be resolved.`, 'Correct the name, or give the IP address.');
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EADDRNOTAVAIL':
      return new Unreachable(`There is no route to ${what}.`, 'Open the way there, or give a jump host.');
    case 'ETIMEDOUT':
    case 'ABORT_ERR':
      return new Unreachable(`${what} did not answer in time.`, 'Is the machine up, and does a firewall let us through?');
    case 'ECONNRESET':
    case 'EPIPE':
      return new LostConnection(`${what} cut the connection.`);
    default:
      return new LinkError(`${what}: ${error.message.split('\n')[0]?.slice(0, 300) ?? 'failed'}`);
  }
}
