import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { atLeast, parseArguments, Usage } from './arguments.mjs';
import { ask } from './engine-link.mjs';

const RUN_OPTIONS = { detach: 'flag', name: 'text', label: 'list', restart: 'text', 'stop-signal': 'text', env: 'list', volume: 'list', mount: 'list', network: 'text', net: 'text', user: 'text', workdir: 'text', entrypoint: 'text', publish: 'list', hostname: 'text', memory: 'text', 'cap-add': 'list', ulimit: 'list', privileged: 'flag', init: 'flag', rm: 'flag', 'log-driver': 'text', 'log-opt': 'list', 'cgroup-parent': 'text', 'stop-timeout': 'text', pull: 'text' }; // prettier-ignore
const RUN_LETTERS = {
  d: 'detach',
  l: 'label',
  e: 'env',
  v: 'volume',
  u: 'user',
  w: 'workdir',
  p: 'publish',
  h: 'hostname',
  m: 'memory',
};

/** `docker run -d`: only detached containers; mounts, networks, limits and ports are remembered or ignored. */
export async function run(argv) {
  const { options, rest } = parseArguments('run', argv, RUN_OPTIONS, RUN_LETTERS, true);
  atLeast(rest, 1, 'run', '[OPTIONS] IMAGE [COMMAND] [ARG...]', 'Run a command in a new container');
  if (!options.detach) throw new Usage('docker stand-in: only `run -d` is simulated');
  const [image, ...command] = rest;
  const user = options.user && { text: options.user, ids: userIds(options.user) };
  const body = {
    name: options.name ?? `standin-${Date.now().toString(36)}${process.pid}`,
    image,
    command,
    entrypoint: options.entrypoint,
    labels: pairs(options.label),
    env: options.env.map((item) => (item.includes('=') ? item : `${item}=${process.env[item] ?? ''}`)),
    stopSignal: options['stop-signal'],
    policy: restartPolicy(options.restart),
    network: options.network ?? options.net ?? 'default',
    workdir: options.workdir ?? '',
    mounts: options.volume,
    user,
  };
  const refused = (error, code) => {
    throw new Usage(
      `docker: Error response from daemon: ${error.message}${code === 125 ? "\nSee 'docker run --help'." : ''}`,
      code,
    );
  };
  const { id } = await ask('create', body).catch((error) => refused(error, 125));
  // As the real one: the id is printed even when the program cannot be run.
  process.stdout.write(`${id}\n`);
  await ask('start', { id }).catch((error) => refused(error, error.exitCode ?? 125));
}

const pairs = (list) => Object.fromEntries(list.map((item) => [item.split('=')[0], item.split('=').slice(1).join('=')]).sort());

function userIds(text) {
  const [uid, gid] = text.split(':').map(Number);
  return Number.isInteger(uid) ? { uid, gid: Number.isInteger(gid) ? gid : uid } : {};
}

function restartPolicy(text = 'no') {
  const [Name, count = '0'] = text.split(':');
  if (!['no', 'always', 'unless-stopped', 'on-failure'].includes(Name)) {
    throw new Usage(`docker: Error response from daemon: invalid restart policy '${Name}'.\nSee 'docker run --help'.`);
  }
  return { Name, MaximumRetryCount: Number(count) };
}

/** One act on each named container: prints the names that went well, and what the engine said of the others. */
async function each(names, act, refused) {
  const failed = [];
  for (const id of names) {
    try {
      await act(id);
      process.stdout.write(`${id}\n`);
    } catch (error) {
      failed.push(id);
      process.stderr.write(`${refused(error, id)}\n`);
    }
  }
  if (failed.length) process.exitCode = 1;
  return failed;
}

const fromDaemon = (error) => `Error response from daemon: ${error.message}`;

export async function kill(argv) {
  const { options, rest } = parseArguments('kill', argv, { signal: 'text' }, { s: 'signal' });
  atLeast(rest, 1, 'kill', '[OPTIONS] CONTAINER [CONTAINER...]', 'Kill one or more running containers');
  const refused = (error, id) =>
    error.missing ? `Error response from daemon: Cannot kill container: ${id}: ${error.message}` : fromDaemon(error);
  await each(rest, (id) => ask('kill', { id, signal: options.signal ?? 'KILL' }), refused);
}

export async function stop(argv) {
  const { options, rest } = parseArguments(
    'stop',
    argv,
    { time: 'text', timeout: 'text', signal: 'text' },
    { t: 'time', s: 'signal' },
  );
  atLeast(rest, 1, 'stop', '[OPTIONS] CONTAINER [CONTAINER...]', 'Stop one or more running containers');
  const seconds = Number(options.time ?? options.timeout ?? 10);
  // Several containers are stopped side by side, as the engine does, and named in order.
  const stopping = rest.map((id) => ask('stop', { id, seconds }));
  stopping.forEach((promise) => promise.catch(() => undefined));
  await each(rest, () => stopping.shift(), fromDaemon);
}

export async function start(argv) {
  const { rest } = parseArguments('start', argv, {}, {});
  atLeast(rest, 1, 'start', '[OPTIONS] CONTAINER [CONTAINER...]', 'Start one or more stopped containers');
  const failed = await each(rest, (id) => ask('start', { id }), fromDaemon);
  if (failed.length) process.stderr.write(`Error: failed to start containers: ${failed.join(', ')}\n`);
}

export async function restart(argv) {
  const { options, rest } = parseArguments('restart', argv, { time: 'text', timeout: 'text' }, { t: 'time' });
  atLeast(rest, 1, 'restart', '[OPTIONS] CONTAINER [CONTAINER...]', 'Restart one or more containers');
  await each(rest, (id) => ask('restart', { id, seconds: Number(options.time ?? options.timeout ?? 10) }), fromDaemon);
}

export async function remove(argv) {
  const { options, rest } = parseArguments('rm', argv, { force: 'flag', volumes: 'flag' }, { f: 'force', v: 'volumes' });
  atLeast(rest, 1, 'rm', '[OPTIONS] CONTAINER [CONTAINER...]', 'Remove one or more containers');
  await each(
    rest,
    (id) => ask('remove', { id, force: Boolean(options.force) }),
    (error) => (error.missing ? `Error: ${error.message}` : fromDaemon(error)),
  );
  // With --force a container that is not there is no failure.
  if (options.force) process.exitCode = 0;
}

/** Runs on the host itself, with the container's environment; only for containers that run. */
export async function exec(argv) {
  const kinds = {
    interactive: 'flag',
    tty: 'flag',
    env: 'list',
    user: 'text',
    workdir: 'text',
    detach: 'flag',
    privileged: 'flag',
  };
  const letters = { i: 'interactive', t: 'tty', e: 'env', u: 'user', w: 'workdir', d: 'detach' };
  const { options, rest } = parseArguments('exec', argv, kinds, letters, true);
  atLeast(rest, 2, 'exec', '[OPTIONS] CONTAINER COMMAND [ARG...]', 'Run a command in a running container');
  const [id, command, ...args] = rest;
  const record = await ask('running', { id }).catch((error) => {
    throw new Usage(error.missing ? `Error: ${error.message}` : fromDaemon(error), 1);
  });
  const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  const env = { PATH, HOME: '/root', ...pairs(record.Config.Env), ...pairs(options.env) };
  const cwd = options.workdir ?? (record.Config.WorkingDir || '/');
  const execID = randomBytes(32).toString('hex');
  await ask('executed', { id, execID, words: `${command} ${args.join(' ')}` });
  const child = spawn(command, args, { env, cwd, stdio: [options.interactive ? 'inherit' : 'ignore', 'inherit', 'inherit'] });
  const code = await new Promise((done) => {
    child.once('exit', (status) => done(status ?? 137));
    child.once('error', () => done(undefined));
  });
  if (code === undefined) {
    const reason = `exec: "${command}": executable file not found in $PATH`;
    // The real one prints this on stdout.
    process.stdout.write(`OCI runtime exec failed: exec failed: unable to start container process: ${reason}: unknown\r\n`);
    process.exitCode = 126;
    return;
  }
  process.exitCode = code;
  // The container may have gone with what ran in it.
  await ask('executed', { id, execID, exitCode: code }).catch(() => undefined);
}

export async function oom(argv) {
  for (const id of argv) await ask('oom', { id });
}
