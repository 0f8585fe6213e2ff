import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  AuthRefused,
  BadCredential,
  HostKeyChanged,
  HostKeyUnknown,
  LinkError,
  LostConnection,
  NotAllowed,
  Refused,
  Unreachable,
} from './errors';
import { startFakeHost } from './fixtures/fake-host';
import { noSshd, type Sshd, startSshd } from './fixtures/sshd';
import { until } from './fixtures/process';
import { scripts } from './scripts';
import { LINE_LIMIT, openShell, OUTPUT_LIMIT } from './shell';
import type { SshTarget } from './ssh-target';

const failure = async (promise: Promise<unknown>): Promise<LinkError> => {
  const error = await promise.then(
    () => expect.fail('it did not fail'),
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(LinkError);
  return error as LinkError;
};

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo();
});

async function fake(behaviour: Parameters<typeof startFakeHost>[0]) {
  const host = await startFakeHost(behaviour);
  cleanUp.push(host.stop);
  return host;
}
async function tcp(address: string, onConnection: (socket: Socket) => void): Promise<Server> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(22, address, resolve));
  cleanUp.push(() => new Promise((resolve) => (sockets.forEach((s) => s.destroy()), server.close(resolve))));
  return server;
}
const nowhere = (address: string): SshTarget => ({
  ...{ address, port: 22, user: 'root', auth: { kind: 'password', password: 'x' }, mode: 'full', pinned: [] },
  timeouts: { connect: 500, auth: 600 },
});

if (noSshd) console.warn(`skipped: real sshd (${noSshd})`);
describe.skipIf(noSshd)('a real sshd', () => {
  let sshd: Sshd;
  beforeAll(async () => {
    sshd = await startSshd({ address: '127.30.0.11' });
  });
  afterAll(() => sshd?.stop());

  test('an unpinned host key is shown whole and no credential is sent', async () => {
    const error = await failure(openShell(sshd.target({ pinned: [] })));
    expect(error).toBeInstanceOf(HostKeyUnknown);
    expect((error as HostKeyUnknown).hostKey).toEqual(sshd.hostKey);
    expect(error.advice).toMatch(/ssh-keygen/);
  });

  test('a pinned key logs in and runs a script as root, values by stdin', async () => {
    const shell = await openShell(sshd.target());
    const result = await shell.run(scripts.probe, ['1', 'not an address']);
    expect(result).toEqual({ code: 0, stdout: 'P 1 unreachable 0 0 not an address', stderr: '', cut: null });
    expect(shell.hostKeys).toEqual([sshd.hostKey]);
    shell.close();
  });

  test('a key with a passphrase opens with it; missing and wrong ones are told apart before any connection', async () => {
    const auth = (passphrase?: string) => ({ auth: { kind: 'key' as const, key: sshd.lockedKey, passphrase } });
    (await openShell(sshd.target(auth('open sesame')))).close();
    expect((await failure(openShell(sshd.target(auth())))) as BadCredential).toMatchObject({ problem: 'passphrase-missing' });
    expect((await failure(openShell(sshd.target(auth('wrong'))))) as BadCredential).toMatchObject({
      problem: 'passphrase-wrong',
    });
    const bad = await failure(openShell(sshd.target({ auth: { kind: 'key', key: 'canary-not-a-key' } })));
    expect(bad).toMatchObject({ problem: 'not-a-key' });
    expect(`${bad.message} ${bad.advice}`).not.toContain('canary');
  });

  test('a key that the host does not know is refused with a sentence', async () => {
    const other = await startSshd({ address: '127.30.0.12' });
    cleanUp.push(other.stop);
    const error = await failure(openShell(sshd.target({ auth: { kind: 'key', key: other.key } })));
    expect(error).toBeInstanceOf(AuthRefused);
    expect(error.message).toBe('SSH at 127.30.0.11:22 refused this key for user root.');
  });

  test('another host key than the pinned one is refused and named, through a jump host as well', async () => {
    const inner = await startSshd({ address: '127.30.0.13' });
    cleanUp.push(inner.stop);
    const jump = { ...sshd.target() };
    const target = inner.target({ jump });
    (await openShell(target)).close();
    await inner.reinstall();
    const error = await failure(openShell(target));
    expect(error).toBeInstanceOf(HostKeyChanged);
    expect((error as HostKeyChanged).pinned).toEqual([inner.hostKey.fingerprint]);
    expect((error as HostKeyChanged).hostKey.endpoint).toBe('127.30.0.13:22');
  });

  test('forward reaches a port as the node sees it, and tells a closed one', async () => {
    const shell = await openShell(sshd.target());
    await tcp('127.30.0.14', (socket) => socket.end('hello'));
    const stream = await shell.forward('127.30.0.14', 22);
    const said = await new Promise((resolve) => stream.once('data', (d: Buffer) => resolve(d.toString())));
    expect(said).toBe('hello');
    expect(await failure(shell.forward('127.30.0.14', 9))).toBeInstanceOf(Refused);
    shell.close();
  });

  test('sshd without forwarding says so', async () => {
    const closed = await startSshd({ address: '127.30.0.15', options: ['AllowTcpForwarding no'] });
    cleanUp.push(closed.stop);
    const shell = await openShell(closed.target());
    const error = await failure(shell.forward('127.0.0.1', 22));
    expect(error).toBeInstanceOf(NotAllowed);
    expect(error.advice).toMatch(/AllowTcpForwarding/);
    shell.close();
  });

  test('close is told once, without an error; a killed connection is told with one', async () => {
    const shell = await openShell(sshd.target());
    const told: unknown[] = [];
    shell.onClose((e) => told.push(e));
    shell.close();
    await until(() => told.length > 0, 'told');
    expect(told).toEqual([null]);
    expect(await failure(shell.run(scripts.probe, ['1']))).toBeInstanceOf(LostConnection);
  });
});

describe('hosts that answer badly', () => {
  test('a closed port is refused, not silent', async () => {
    const error = await failure(openShell(nowhere('127.30.1.1')));
    expect(error).toBeInstanceOf(Refused);
    expect(error.silent).toBe(false);
  });

  test('a host that takes the connection and says nothing is given up in time', async () => {
    await tcp('127.30.1.2', () => undefined);
    const began = Date.now();
    const error = await failure(openShell(nowhere('127.30.1.2')));
    expect(error).toBeInstanceOf(Unreachable);
    expect(Date.now() - began).toBeLessThan(2_000);
  });

  test('a host that cuts the line, or speaks another protocol, is told', async () => {
    await tcp('127.30.1.3', (s) => s.end('SSH-2.0-x\r\n'));
    expect(await failure(openShell(nowhere('127.30.1.3')))).toBeInstanceOf(LinkError);
    await tcp('127.30.1.4', (s) => s.end('HTTP/1.1 400 Bad Request\r\n\r\n'.repeat(50)));
    expect(await failure(openShell(nowhere('127.30.1.4')))).toBeInstanceOf(LinkError);
  });

  test('a host that floods the greeting is given up in time', async () => {
    await tcp('127.30.1.5', (s) => {
      const more = () => s.writable && s.write('x'.repeat(65536), () => setImmediate(more));
      more();
    });
    const began = Date.now();
    await failure(openShell(nowhere('127.30.1.5')));
    expect(Date.now() - began).toBeLessThan(2_000);
  });

  test('a wrong password is refused; the sentence holds no password', async () => {
    const host = await fake({ address: '127.30.1.6' });
    const error = await failure(openShell(host.target({ auth: { kind: 'password', password: 'canary' } })));
    expect(error).toBeInstanceOf(AuthRefused);
    expect(`${error.message} ${error.advice}`).not.toContain('canary');
    (await openShell(host.target())).close();
  });

  test('a command that never ends is given up after its time', async () => {
    const host = await fake({ address: '127.30.1.7', onExec: () => undefined });
    const shell = await openShell(host.target({ user: 'ops' }));
    const error = await failure(shell.run(scripts.probe, ['1'], { timeoutMs: 300 }));
    expect(error).toBeInstanceOf(Unreachable);
    shell.close();
  });

  test('an answer that is cut short is told apart from a whole one', async () => {
    const host = await fake({ address: '127.30.1.8', onExec: (channel) => (channel.write('half a li'), channel.destroy()) });
    const shell = await openShell(host.target());
    expect(await failure(shell.run(scripts.probe, ['1']))).toBeInstanceOf(LostConnection);
    shell.close();
  });

  test('a 50 MB line is cut at 64 kB and endless output at 4 MB, without holding it', async () => {
    const big = Buffer.alloc(1024 * 1024, 'x');
    const send = (channel: { write(b: Buffer, done: () => void): void; exit(code: number): void; end(): void }, left: number) =>
      left === 0 ? (channel.exit(0), channel.end()) : channel.write(big, () => send(channel, left - 1));
    const host = await fake({ address: '127.30.1.9', onExec: (channel) => send(channel, 50) });
    const shell = await openShell(host.target());
    const result = await shell.run(scripts.probe, ['1']);
    expect(result.cut).toBe('total');
    expect(result.stdout.length).toBeLessThanOrEqual(LINE_LIMIT);
    shell.close();
  });

  test('a long line inside a short answer is cut and said', async () => {
    const host = await fake({
      address: '127.30.1.10',
      onExec: (c) => (c.write(`${'x'.repeat(100_000)}\nnext\n`), c.exit(0), c.end()),
    });
    const shell = await openShell(host.target());
    const result = await shell.run(scripts.probe, ['1']);
    expect(result).toMatchObject({ cut: 'line', code: 0 });
    expect(result.stdout.split('\n').map((l) => l.length)).toEqual([LINE_LIMIT, 4]);
    shell.close();
  });

  test('a stream that floods is ended with a sentence', async () => {
    const line = Buffer.from(`${'y'.repeat(1000)}\n`.repeat(100));
    const flood = (channel: { writable: boolean; write(b: Buffer, done: () => void): void }): void =>
      void (channel.writable && channel.write(line, () => setImmediate(() => flood(channel))));
    const host = await fake({ address: '127.30.1.11', onExec: flood });
    const shell = await openShell(host.target());
    let lines = 0;
    const error = await new Promise<LinkError | null>((resolve) => {
      void shell.stream(scripts.stream, [], { onLine: () => (lines += 1), onEnd: resolve });
    });
    expect(error?.message).toMatch(/sends more than/);
    expect(lines).toBeLessThan((OUTPUT_LIMIT / 1000) * 1.1);
    shell.close();
  });

  test.each([
    ['sudo: a password is required', /sudo asked for a password on 127\.30\.1\.12/],
    ['ops is not in the sudoers file.', /may not use sudo/],
    ['sh: 1: exec: sudo: not found', /no sudo on/],
    ['sudo: sorry, you must have a tty to run sudo', /wants a terminal/],
  ])('when sudo says "%s" the error says what to add', async (said, sentence) => {
    const host = await fake({ address: '127.30.1.12', onExec: (c) => (c.stderr.write(`${said}\n`), c.exit(1), c.end()) });
    const shell = await openShell(host.target());
    const error = await failure(shell.run(scripts.probe, ['1']));
    expect(error.message).toMatch(sentence);
    expect(error.advice).toBeTruthy();
    shell.close();
  });

  test('the command line is one constant, whatever the values; a value of two lines is refused', async () => {
    const host = await fake({ address: '127.30.1.13', onExec: (c) => (c.exit(0), c.end()) });
    const shell = await openShell(host.target());
    await shell.run(scripts.probe, ["1'; id #", '$(id)']);
    await shell.run(scripts.probe, ['2']);
    expect(new Set(host.commands)).toEqual(new Set([scripts.probe.sudoCommand]));
    await failure(shell.run(scripts.probe, ['1\nhttp://x/']));
    shell.close();
  });

  test('a connection that dies under a stream ends it with the reason', async () => {
    const host = await fake({ address: '127.30.1.14', onExec: () => undefined });
    const shell = await openShell(host.target());
    const ended = new Promise<LinkError | null>((resolve) => {
      void shell.stream(scripts.stream, [], { onLine: () => undefined, onEnd: resolve }).then(() => host.cutAll());
    });
    expect(await ended).toBeInstanceOf(LostConnection);
  });
});
