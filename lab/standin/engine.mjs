import { randomBytes, createHash } from 'node:crypto';
import { appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { Container, newRecord, signalName } from './container.mjs';
import { nowNanos } from './time.mjs';

/**
 * The supervising process of one stand-in host: started by the first `docker` command, it outlives the caller, owns the
 * containers' processes, and ends when nothing has run for a while. Its state is on disk after every change. It speaks
 * JSON over HTTP on a socket in its folder (relative, since a socket's path is limited to 107 bytes).
 */
export const SOCKET = 'engine.sock';
const IDLE_MS = 10_000;

mkdirSync('containers', { recursive: true });
writeFileSync('engine.pid', String(process.pid));
const containers = new Map();
const listeners = new Set();
const followers = new Set();
let number = 0;
let calls = 0;
let idleSince = Date.now();

function out(record) {
  return {
    line: (entry) => followers.forEach((follower) => follower(record.Id, entry)),
    emit(action, more = {}) {
      const time = nowNanos();
      const attributes = { ...more, image: record.Config.Image, name: record.Name.slice(1), ...record.Config.Labels };
      const Attributes = Object.fromEntries(Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1)));
      const seconds = Number(time / 1_000_000_000n);
      // timeNano is a number in Docker's JSON, too long for JavaScript's: it is put in as text.
      const event = JSON.stringify({ status: action, id: record.Id, from: record.Config.Image, Type: 'container', Action: action, Actor: { ID: record.Id, Attributes }, scope: 'local', time: seconds }); // prettier-ignore
      const line = `${event.slice(0, -1)},"timeNano":${time}}\n`;
      appendFileSync('events', line);
      listeners.forEach((listener) => listener(line));
    },
  };
}

const refuse = (text, more) => Object.assign(new Error(text), more);

/** By name, by id, or by an unambiguous start of an id. */
function find(wanted) {
  const all = [...containers.values()];
  const byName = all.find((container) => container.name === wanted.replace(/^\//, '') || container.id === wanted);
  const byPrefix = all.filter((container) => wanted && container.id.startsWith(wanted));
  const found = byName ?? (byPrefix.length === 1 ? byPrefix[0] : undefined);
  if (!found) throw refuse(`No such container: ${wanted}`, { missing: true });
  return found;
}

const imageOf = (name) => {
  const known = existsSync('images.json') ? JSON.parse(readFileSync('images.json', 'utf8')) : {};
  const full = name.includes(':') ? name : `${name}:latest`;
  return { name, id: `sha256:${createHash('sha256').update(full).digest('hex')}`, ...known[full] };
};

const acts = {
  list: () => [...containers.values()].map(({ record }) => record).sort((a, b) => b.standin.number - a.standin.number),
  async create({ name, image, entrypoint, command, env, workdir, ...more }) {
    if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name)) {
      throw refuse(`Invalid container name (${name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed.`);
    }
    const same = [...containers.values()].find((container) => container.name === name);
    if (same) {
      throw refuse(
        `Conflict. The container name "/${name}" is already in use by container "${same.id}". You have to remove (or rename) that container to be able to reuse that name.`,
      );
    }
    const known = imageOf(image);
    const line = [
      ...(entrypoint ? [entrypoint] : (known.entrypoint ?? [])),
      ...(command.length ? command : (known.command ?? [])),
    ];
    if (!line.length) throw refuse('No command specified');
    const id = randomBytes(32).toString('hex');
    const record = newRecord({
      id,
      name,
      image: known,
      command: line,
      env: [...env, ...(known.env ?? [])],
      workdir,
      number: (number += 1),
      ...more,
    });
    const container = new Container(record, 'containers', out(record));
    containers.set(id, container);
    container.save();
    container.out.emit('create');
    return { id };
  },
  start: ({ id }) => find(id).start(),
  async kill({ id, signal }) {
    const container = find(id);
    const name = signalName(signal);
    if (!container.busy) throw refuse(`Cannot kill container: ${id}: Container ${container.id} is not running`);
    container.kill(name);
  },
  stop: ({ id, seconds }) => find(id).stop(seconds),
  async restart({ id, seconds }) {
    const container = find(id);
    await container.stop(seconds);
    await container.start();
    container.out.emit('restart');
  },
  oom: ({ id }) => find(id).oom(),
  async remove({ id, force }) {
    const container = find(id);
    const { Status, Running } = container.record.State;
    if (Running && !force) {
      throw refuse(
        `You cannot remove a ${Status} container ${container.id}. Stop the container before attempting removal or force remove`,
      );
    }
    await container.end();
    container.forget();
    containers.delete(container.id);
  },
  /** The record of a container that runs, for exec. */
  running({ id }) {
    const container = find(id);
    const { Running, Restarting } = container.record.State;
    if (Restarting) throw refuse(`Container ${container.id} is restarting, wait until the container is running`);
    if (!Running) throw refuse(`Container ${container.id} is not running`);
    return container.record;
  },
  /** The events of an exec, which the calling command runs itself: exec_create and exec_start, later exec_die. */
  executed({ id, words, execID, exitCode }) {
    const { out } = find(id);
    if (exitCode !== undefined) return out.emit('exec_die', { execID, exitCode: String(exitCode) });
    for (const step of ['exec_create', 'exec_start']) out.emit(`${step}: ${words}`, { execID });
    return undefined;
  },
  logs: ({ id }) => {
    const container = find(id);
    const lines = existsSync(container.log) ? readFileSync(container.log, 'utf8').split('\n').filter(Boolean) : [];
    return { id: container.id, running: container.busy, lines };
  },
};

/** Answers that go on: events from now, or what a container prints until it stops. */
function stream(act, { id }, response) {
  response.writeHead(200).flushHeaders();
  if (act === 'events') {
    const listener = (line) => response.write(line);
    listeners.add(listener);
    return response.on('close', () => listeners.delete(listener));
  }
  const follower = (from, entry) => from === id && response.write(`${JSON.stringify(entry)}\n`);
  const ended = (line) => {
    const event = JSON.parse(line);
    if (event.id === id && event.Action === 'die' && !containers.get(id)?.busy) response.end();
  };
  followers.add(follower);
  listeners.add(ended);
  return response.on('close', () => followers.delete(follower) && listeners.delete(ended));
}

const server = createServer(async (request, response) => {
  calls += 1;
  response.on('close', () => (calls -= 1));
  let text = '';
  for await (const chunk of request) text += chunk;
  const [, mode, act] = (request.url ?? '').split('/');
  const body = JSON.parse(text || '{}');
  if (mode === 'stream') return stream(act, body, response);
  try {
    const answer = (await acts[act](body)) ?? {};
    response.writeHead(200).end(JSON.stringify(answer));
  } catch (error) {
    const { missing, exitCode, message } = error;
    response.writeHead(409).end(JSON.stringify({ message, missing, exitCode }));
  }
});

/** Nothing runs and nobody asks: the next command starts a new engine. */
function rest() {
  const busy = calls > 0 || [...containers.values()].some((container) => container.busy);
  if (busy) idleSince = Date.now();
  if (Date.now() - idleSince > IDLE_MS) {
    rmSync(SOCKET, { force: true });
    process.exit(0);
  }
}

for (const file of readdirSync('containers').filter((name) => name.endsWith('.json'))) {
  const record = JSON.parse(readFileSync(`containers/${file}`, 'utf8'));
  number = Math.max(number, record.standin.number);
  containers.set(record.Id, new Container(record, 'containers', out(record)));
}
for (const container of containers.values()) if (container.recover()) await container.start().catch(() => undefined);
for (const signal of ['SIGINT', 'SIGHUP']) process.on(signal, () => undefined);
// As dockerd: on SIGTERM the containers are stopped first.
process.on('SIGTERM', async () => {
  await Promise.all([...containers.values()].map((container) => container.end()));
  rmSync(SOCKET, { force: true });
  process.exit(0);
});
rmSync(SOCKET, { force: true });
server.listen(SOCKET, () => chmodSync(SOCKET, 0o660));
setInterval(rest, 1000);
