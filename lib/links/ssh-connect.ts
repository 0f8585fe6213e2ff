import { createConnection, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Client, type ConnectConfig, type ServerHostKeyAlgorithm } from 'ssh2';
import { hostPort } from '@/lib/rules/secret-endpoint';
import {
  asLinkError,
  AuthRefused,
  BadAnswer,
  HostKeyChanged,
  type HostKeyFacts,
  HostKeyUnknown,
  type LinkError,
  LostConnection,
  NotAllowed,
  Refused,
  Unreachable,
} from './errors';
import type { SshHop, SshTarget } from './ssh-target';
import { checkPrivateKey, hostKeyFacts } from './ssh-key';

type Timeouts = { connect: number; auth: number; keepalive: number };
const DEFAULTS: Timeouts = { connect: 5_000, auth: 10_000, keepalive: 5_000 };

/** A logged-in client, through the jump host if there is one; the jump's client ends with it. */
export async function connectSsh(target: SshTarget, signal?: AbortSignal, onKey?: (key: HostKeyFacts) => void): Promise<Client> {
  const timeouts = { ...DEFAULTS, ...target.timeouts };
  const context = { timeouts, signal, onKey };
  if (!target.jump) return login(target, await dial(target, timeouts, signal), context);
  const jump = await login(target.jump, await dial(target.jump, timeouts, signal), context);
  try {
    const sock = await forwardOut(jump, target.address, target.port, timeouts.connect);
    const client = await login(target, sock, context);
    client.once('close', () => jump.end());
    jump.once('close', () => client.end());
    return client;
  } catch (error) {
    jump.end();
    throw error;
  }
}

function dial(hop: SshHop, timeouts: Timeouts, signal?: AbortSignal): Promise<Socket> {
  const what = `SSH at ${hostPort(hop.address, hop.port)}`;
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host: hop.address, port: hop.port });
    const settle = (act: () => void) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      socket.off('error', fail);
      act();
    };
    const fail = (error: unknown) =>
      settle(() => {
        socket.on('error', () => undefined);
        socket.destroy();
        reject(asLinkError(error, what));
      });
    const silent = () => Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' });
    const onAbort = () => fail(silent());
    const timer = setTimeout(onAbort, timeouts.connect);
    signal?.addEventListener('abort', onAbort, { once: true });
    socket.once('error', fail);
    socket.once('connect', () => settle(() => resolve(socket)));
    if (signal?.aborted) onAbort();
  });
}

/** Opens a TCP connection from the far side of `client`. */
export function forwardOut(client: Client, host: string, port: number, timeoutMs: number): Promise<Duplex> {
  const what = `${hostPort(host, port)}, through SSH,`;
  return new Promise((resolve, reject) => {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      reject(new Unreachable(`${what} did not answer in time.`));
    }, timeoutMs);
    try {
      client.forwardOut('127.0.0.1', 0, host, port, (error, channel) => {
        clearTimeout(timer);
        if (error) reject(forwardError(error, what));
        else if (late) channel.destroy();
        else resolve(channel);
      });
    } catch (error) {
      clearTimeout(timer);
      reject(asLinkError(error, what));
    }
  });
}

// RFC 4254 §5.1: 1 administratively prohibited, 2 connect failed.
function forwardError(error: Error, what: string): LinkError {
  if ('reason' in error && error.reason === 1)
    return new NotAllowed(
      `The SSH server does not forward to ${what}`,
      'Set AllowTcpForwarding yes (or local) in its sshd_config.',
    );
  if (/refused/i.test(error.message)) return new Refused(`${what} refused the connection.`);
  if (/Channel open failure/i.test(error.message)) return new Unreachable(`${what} cannot be reached from there.`);
  return asLinkError(error, what);
}

type Context = { timeouts: Timeouts; signal?: AbortSignal; onKey?: (key: HostKeyFacts) => void };

function login(hop: SshHop, sock: Duplex, { timeouts, signal, onKey }: Context): Promise<Client> {
  const endpoint = hostPort(hop.address, hop.port);
  const what = `SSH at ${endpoint}`;
  return new Promise((resolve, reject) => {
    const client = new Client();
    let stage: 'greeting' | 'authentication' = 'greeting';
    let refusal: LinkError | null = null;
    const settle = (act: () => void) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      act();
    };
    const fail = (error: LinkError) =>
      settle(() => {
        client.on('error', () => undefined);
        client.destroy();
        sock.destroy();
        reject(refusal ?? error);
      });
    const timer = setTimeout(() => fail(new Unreachable(`${what} stopped answering during ${stage}.`)), timeouts.auth);
    const onAbort = () => fail(new Unreachable(`${what} was given up.`));
    signal?.addEventListener('abort', onAbort, { once: true });

    client.once('handshake', () => (stage = 'authentication'));
    client.once('ready', () =>
      settle(() => {
        client.removeAllListeners('error');
        // Its end is told by 'close'; an error without a listener would end the process.
        client.on('error', () => undefined);
        resolve(client);
      }),
    );
    client.once('close', () => fail(new LostConnection(`${what} cut the connection during ${stage}.`)));
    client.on('error', (error: Error & { level?: string }) => fail(loginError(error, hop, what)));
    client.on('keyboard-interactive', (_name, _instructions, _lang, prompts, finish) =>
      finish(prompts.map(() => (hop.auth.kind === 'password' ? hop.auth.password : ''))),
    );
    try {
      client.connect({
        sock,
        username: hop.user,
        ...credentials(hop),
        readyTimeout: 0,
        keepaliveInterval: timeouts.keepalive,
        keepaliveCountMax: 3,
        algorithms:
          hop.pinned.length > 0 ? { serverHostKey: signaturesOf(hop.pinned.flatMap((p) => p.algorithm ?? [])) } : undefined,
        hostVerifier: (blob: Buffer) => {
          const shown = hostKeyFacts(endpoint, blob);
          if (hop.pinned.some((p) => p.fingerprint === shown.fingerprint)) {
            onKey?.(shown);
            return true;
          }
          refusal =
            hop.pinned.length === 0
              ? new HostKeyUnknown(shown)
              : new HostKeyChanged(
                  shown,
                  hop.pinned.map((p) => p.fingerprint),
                );
          return false;
        },
      });
    } catch (error) {
      fail(asLinkError(error, what));
    }
  });
}

function credentials(hop: SshHop): Pick<ConnectConfig, 'privateKey' | 'passphrase' | 'password' | 'tryKeyboard'> {
  if (hop.auth.kind === 'password') return { password: hop.auth.password, tryKeyboard: true };
  checkPrivateKey(hop.auth.key, hop.auth.passphrase);
  return { privateKey: hop.auth.key, passphrase: hop.auth.passphrase };
}

const ALL_SIGNATURES: ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

/** The pinned kind of key first: a host that has it must show it; another kind is asked for only to say which it shows. */
function signaturesOf(algorithms: string[]): ServerHostKeyAlgorithm[] {
  const isPinned = (a: string) => algorithms.includes(a.startsWith('rsa-sha2') ? 'ssh-rsa' : a);
  return [...ALL_SIGNATURES.filter(isPinned), ...ALL_SIGNATURES.filter((a) => !isPinned(a))];
}

function loginError(error: Error & { level?: string }, hop: SshHop, what: string): LinkError {
  if (error.level === 'client-authentication')
    return new AuthRefused(
      `${what} refused ${hop.auth.kind === 'key' ? 'this key' : 'this password'} for user ${hop.user}.`,
      hop.auth.kind === 'key'
        ? `Add the public key to ~${hop.user}/.ssh/authorized_keys there, or correct user and key.`
        : 'Correct user and password; the server may allow keys only (PasswordAuthentication no).',
    );
  if (error.level === 'client-timeout') return new LostConnection(`${what} stopped answering.`);
  if (error.level === 'handshake' || error.level === 'protocol')
    return new BadAnswer(`${what} does not speak SSH as expected: ${error.message.slice(0, 200)}`, 'Is this the SSH port?');
  return asLinkError(error, what);
}
