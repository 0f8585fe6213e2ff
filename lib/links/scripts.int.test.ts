import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { appendFileSync, chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ContainerEvent, HostReading } from '@/lib/rules/readings';
import { readonlyCommands, sudoersLines } from '@/lib/rules/sudoers';
import { fakeBin } from './fixtures/fake-bin';
import { until } from './fixtures/process';
import { LineSplitter } from './lines';
import { scripts } from './scripts';
import { StreamParser } from './stream-parser';

const remote = fileURLToPath(new URL('../../remote', import.meta.url));
const has = (command: string) => spawnSync('sh', ['-c', `command -v "$1"`, 'sh', command]).status === 0;
const shells = [['dash'], ['busybox', 'ash'], ['bash', '--posix']].filter(([command = '']) => has(command));
for (const missing of ['dash', 'busybox', 'shellcheck'].filter((c) => !has(c)))
  console.warn(`skipped: ${missing} is not installed`);

let bin: ReturnType<typeof fakeBin>;
beforeAll(() => {
  bin = fakeBin();
  writeFileSync(
    path.join(bin.install, 'config/cluster/openvidu.env'),
    'DOMAIN_NAME=calls.example.com\nLIVEKIT_API_SECRET=canary\n',
  );
  writeFileSync(path.join(bin.install, 'deployment-info.yaml'), 'version: "3.9.0"\n');
});
afterAll(() => {
  // Under a real sudo the events end by themselves after two minutes; here at once. The folder's name is ours alone.
  for (const { pid } of processesOf(bin.feed)) process.kill(pid);
  bin.remove();
});

const env = () => ({ ...process.env, PATH: `${bin.dir}:/usr/bin:/bin` });
const once = (shell: string[], script: string, lines: string[], timeout = 20_000) =>
  spawnSync(shell[0] ?? 'sh', [...shell.slice(1), path.join(remote, script)], {
    input: lines.map((l) => `${l}\n`).join(''),
    env: env(),
    timeout,
    encoding: 'utf8',
  });

/** Runs stream.sh as SSH does, but here; ends it by closing its input. */
function startStream(command: string[], lines: string[]) {
  const readings: HostReading[] = [];
  const events: ContainerEvent[] = [];
  const parser = new StreamParser({ reading: (r) => readings.push(r), event: (e) => events.push(e) });
  const splitter = new LineSplitter(65536, (line, cut) => parser.push(line, cut));
  const child = spawn(command[0] ?? 'sh', command.slice(1), { env: env(), stdio: ['pipe', 'pipe', 'pipe'] });
  let errors = '';
  child.stdout.on('data', (d: Buffer) => splitter.push(d));
  child.stderr.on('data', (d: Buffer) => (errors += d.toString()));
  child.stdin.on('error', () => undefined).write(lines.map((l) => `${l}\n`).join(''));
  const gone = new Promise((resolve) => child.once('close', resolve));
  return {
    readings,
    events,
    parser,
    child,
    errors: () => errors,
    poke: () => child.stdin.write('\n'),
    stop: () => (child.stdin.end(), gone),
  };
}
function processesOf(mark: string) {
  return readdirSync('/proc').flatMap((pid) => {
    try {
      const line = /^\d+$/.test(pid) ? readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') : '';
      return line.includes(mark) ? [{ pid: Number(pid), line }] : [];
    } catch {
      return []; // It ended meanwhile.
    }
  });
}

test.skipIf(!has('shellcheck'))('every remote script is clean under shellcheck as POSIX sh', () => {
  const files = readdirSync(remote).filter((f) => f.endsWith('.sh'));
  expect(files.length).toBeGreaterThanOrEqual(3);
  execFileSync('shellcheck', ['-s', 'sh', ...files.map((f) => path.join(remote, f))]);
});

describe.each(shells)('%s %s', (...shell) => {
  const command = () => [...shell.filter((s): s is string => typeof s === 'string')];

  test('stream.sh gives whole readings, events at once, and ends with its input, leaving nothing behind', async () => {
    const stream = startStream([...command(), path.join(remote, 'stream.sh')], ['full', '1', bin.install, '127.0.0.1', '0', '0']);
    await until(() => stream.readings.length >= 2, `readings: ${stream.errors()}`);
    expect(stream.errors()).toBe('');
    expect(stream.parser.garbage).toBe(0);
    expect(stream.readings[0]).toMatchObject({ containersError: null, egressIds: null, nodesErrors: [] });
    expect(stream.readings[0]?.containers?.map((c) => [c.name, c.state, c.restartCount, c.exitCode])).toEqual([
      ['my-agent', 'exited', 0, 3],
      ['openvidu', 'running', 1, null],
    ]);
    expect(Object.keys(stream.readings[0]?.configHashes ?? {})).toEqual(['cluster/openvidu.env']);
    expect(stream.readings[1]?.cpu).toEqual(expect.any(Number));
    await until(() => processesOf(`tail -n 0 -F ${bin.feed}`).length > 0, 'docker events');
    appendFileSync(bin.feed, `${Date.now()}000000|die|openvidu|137|\n`);
    await until(() => stream.events.length === 1, 'event', 1_000);
    expect(stream.events[0]).toMatchObject({ name: 'openvidu', action: 'die', exitCode: 137 });
    await stream.stop();
    await until(() => processesOf(bin.feed).length === 0, 'no process of it is left', 3_000);
  });

  test('stream.sh takes hostile values as values', async () => {
    const evil = `/tmp/$(touch ${bin.dir}/pwned)'"; touch ${bin.dir}/pwned; #`;
    const stream = startStream(
      [...command(), path.join(remote, 'stream.sh')],
      ['full', '1; id', evil, '$(touch x)', '80 -o x', '`id`'],
    );
    await until(() => stream.readings.length >= 1, `reading: ${stream.errors()}`);
    expect(stream.readings[0]).toMatchObject({ diskTotal: null, configHashes: {} });
    await stream.stop();
    expect(existsSync(`${bin.dir}/pwned`)).toBe(false);
    for (const lines of [
      ['root', '5', '/x', 'a', '0', '0'],
      ['full', '5', '-x', 'a', '0', '0'],
    ])
      expect(once(command(), 'stream.sh', lines).status).toBe(64);
  });

  test('read-config.sh reads what is there, ends with its mark, and takes hostile values as values', () => {
    const { stdout } = once(command(), 'read-config.sh', ['full', bin.install]);
    expect(stdout).toContain('V config/cluster/openvidu.env\n+DOMAIN_NAME=calls.example.com\n+LIVEKIT_API_SECRET=canary\n');
    expect(stdout).toContain('I openvidu openvidu/openvidu-server-pro:3.9.0\n');
    expect(stdout).toMatch(/\nE\n$/);
    const evil = once(command(), 'read-config.sh', ['full', `/$(touch ${bin.dir}/pwned)'"; touch ${bin.dir}/pwned #`]);
    expect(evil.stdout).not.toContain('V ');
    expect(existsSync(`${bin.dir}/pwned`)).toBe(false);
  });

  test('probe.sh tells answered, refused and silent apart, and takes no option, file or command for an address', async () => {
    const server = createServer((_, response) => response.writeHead(406).end('Not Ready\nNode Updated At <x>'));
    await new Promise<void>((resolve) => server.listen(8080, '127.30.2.1', resolve));
    const silent = (await import('node:net')).createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(8080, '127.30.2.2', resolve));
    const urls = [
      'http://127.30.2.1:8080/',
      'http://127.30.2.3:9/',
      'http://127.30.2.2:8080/',
      `http://x/$(touch ${bin.dir}/pwned)`,
    ];
    const bad = ['-o/tmp/x', 'file:///etc/passwd', `';touch ${bin.dir}/pwned;'`, 'http://{a,b}/'];
    const run = spawn(command()[0] ?? 'sh', [...command().slice(1), path.join(remote, 'probe.sh')], { env: env() });
    let out = '';
    run.stdout.on('data', (d: Buffer) => (out += d.toString()));
    run.stdin.end(['1', ...urls, ...bad].map((l) => `${l}\n`).join(''));
    await new Promise((resolve) => run.once('close', resolve));
    server.close();
    silent.close();
    const lines = out.trim().split('\n').toSorted();
    expect(lines[0]).toMatch(/^P 1 answered 406 \d+ Not Ready$/);
    expect(lines[1]).toMatch(/^P 2 refused 0 /);
    expect(lines[2]).toMatch(/^P 3 timeout 0 /);
    for (const line of lines.slice(3)) expect(line).toMatch(/^P [4-8] unreachable 0 0 not an address$/);
    expect(existsSync(`${bin.dir}/pwned`)).toBe(false);
  });
});

test('a command line built of a script does to the shell what the script does', () => {
  const run = (command: string) =>
    execFileSync('sh', ['-c', command], { input: `full\n${bin.install}\n`, env: env(), encoding: 'utf8' });
  const direct = once(['sh'], 'read-config.sh', ['full', bin.install]).stdout;
  expect(run(scripts.readConfig.command)).toBe(direct);
  expect(run(scripts.readConfig.sudoCommand)).toBe(direct);
});

test('read-only mode runs through sudo exactly the commands that are shown, and no other', async () => {
  if (existsSync('/var/run/docker.sock'))
    return console.warn('skipped: a Docker socket is here, which read-only mode would use directly');
  const before = bin.sudoCommands().length;
  const stream = startStream(['sh', path.join(remote, 'stream.sh')], ['readonly', '1', bin.install, '127.0.0.1', '0', '0']);
  await until(() => stream.readings.length >= 2, `readings: ${stream.errors()}`);
  expect(stream.readings[0]?.containers?.map((c) => c.name)).toEqual(['openvidu', 'my-agent']);
  expect(Object.keys(stream.readings[0]?.configHashes ?? {})).toEqual(['cluster/openvidu.env']);
  await stream.stop();
  writeFileSync(path.join(bin.dir, 'opt/openvidu/.env'), '');
  expect(once(['sh'], 'read-config.sh', ['readonly', path.join(bin.dir, 'elsewhere')]).stdout).toMatch(/E\n$/);
  const shown = (installDir: string) => readonlyCommands({ installDir, docker: bin.docker }).map(({ words }) => words.join(' '));
  const allowed = new Set([...shown(bin.install), ...shown(path.join(bin.dir, 'elsewhere'))]);
  const used = bin
    .sudoCommands()
    .slice(before)
    .map((words) => words.join(' '));
  expect(used.length).toBeGreaterThan(4);
  expect(used.filter((command) => !allowed.has(command))).toEqual([]);
});

const noSudo =
  process.getuid?.() !== 0
    ? 'needs root'
    : !has('sudo') || !has('unshare') || !has('setpriv')
      ? 'no sudo, unshare or setpriv'
      : null;
if (noSudo) console.warn(`skipped: the real sudo (${noSudo})`);
test.skipIf(noSudo)(
  'a real sudo with the shown lines lets the read-only script read everything, and refuses any other argument',
  async () => {
    // Only docker is taken from here: the stand-in sudo must not be found.
    const only = path.join(bin.dir, 'only');
    const docker = path.join(only, 'docker');
    mkdirSync(only);
    symlinkSync(bin.docker, docker);
    for (const folder of [bin.dir, only]) chmodSync(folder, 0o755);
    const sudoers = path.join(bin.dir, 'sudoers');
    writeFileSync(sudoers, `${sudoersLines('nobody', { installDir: bin.install, docker }).join('\n')}\n`, { mode: 0o440 });
    execFileSync('visudo', ['-cf', sudoers]);
    // Another sudoers file in this mount namespace only: the machine's own stays as it is.
    const inside = 'mount --bind "$1" /etc/sudoers && shift && exec setpriv --reuid nobody --regid nogroup --clear-groups "$@"';
    const asNobody = (...words: string[]) => [
      'unshare',
      '--mount',
      'sh',
      '-c',
      inside,
      'sh',
      sudoers,
      'env',
      `PATH=${only}:/usr/bin:/bin`,
      ...words,
    ];
    const stream = startStream(asNobody('sh', '-c', readFileSync(path.join(remote, 'stream.sh'), 'utf8')), [
      'readonly',
      '1',
      bin.install,
      '127.0.0.1',
      '0',
      '0',
    ]);
    await until(() => stream.readings.length >= 2, `readings: ${stream.errors()}`);
    expect(stream.readings[0]?.containersError).toBeNull();
    expect(stream.readings[0]?.containers?.map((c) => [c.name, c.restartCount])).toEqual([
      ['openvidu', 1],
      ['my-agent', 0],
    ]);
    expect(Object.keys(stream.readings[0]?.configHashes ?? {})).toEqual(['cluster/openvidu.env']);
    appendFileSync(bin.feed, `${Date.now()}000000|stop|openvidu||\n`);
    await until(() => stream.events.length === 1, 'event', 3_000);
    await stream.stop();
    const refused = (...words: string[]) => {
      const [command = '', ...args] = asNobody('sudo', '-n', ...words);
      return spawnSync(command, args, { encoding: 'utf8' }).status !== 0;
    };
    expect(refused('timeout', '5', docker, 'inspect', '--type', 'container', '--format', '{{.Config.Env}}', 'openvidu')).toBe(
      true,
    );
    expect(refused('timeout', '5', docker, 'exec', 'openvidu', 'sh')).toBe(true);
    expect(refused('cat', '/etc/shadow')).toBe(true);
    expect(refused('find', `${bin.install}/config`, '-exec', 'sh', '-c', 'id', '{}', '+')).toBe(true);
  },
);
