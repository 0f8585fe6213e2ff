import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { atLeast, hasLabel, parseArguments, parseFilters, Usage } from './arguments.mjs';
import { ask, follow } from './engine-link.mjs';
import { compile } from './template.mjs';
import { instant } from './time.mjs';

/** The version whose behaviour the contract test compares with. */
const VERSION = '20.10.24+dfsg1';

/** Without our own part. An empty stop signal is left out of Docker's JSON. */
function plain({ standin: _, ...record }) {
  const { StopSignal, ...Config } = record.Config;
  return { ...record, Config: { ...Config, ...(StopSignal && { StopSignal }) } };
}

/** As Docker's Go struct has it: ID instead of Id, and a stop signal even when there is none. JSON is that of the record. */
function typed(record) {
  const { Id: ID, ...rest } = record;
  const Config = { ...rest.Config };
  if (!Config.StopSignal) Object.defineProperty(Config, 'StopSignal', { value: '', enumerable: false });
  return Object.defineProperty({ ID, ...rest, Config }, 'toJSON', { value: () => record, enumerable: false });
}

/** A template sees the fields of Go's struct, `{{json .}}` those of the wire. */
const goEvent = ({ status, id, from, Type, Action, Actor, scope, time }, line) => ({
  Status: status,
  ID: id,
  From: from,
  Type,
  Action,
  Actor,
  Scope: scope,
  Time: time,
  TimeNano: BigInt(/"timeNano":(\d+)/.exec(line)?.[1] ?? 0),
});
const rows = (format) => {
  const render = compile(format === 'json' ? '{{json .}}' : format.replaceAll('\\t', '\t').replaceAll('\\n', '\n'));
  return (data) => `${render(data)}\n`;
};

export async function inspect(argv) {
  const { options, rest } = parseArguments(
    'inspect',
    argv,
    { format: 'text', type: 'text', size: 'flag' },
    { f: 'format', s: 'size' },
  );
  atLeast(rest, 1, 'inspect', '[OPTIONS] NAME|ID [NAME|ID...]', 'Return low-level information on Docker objects');
  const all = await ask('list');
  const kind = options.type === 'container' ? 'container' : 'object';
  const find = (wanted) =>
    all.find(
      (record) => record.Name.slice(1) === wanted.replace(/^\//, '') || (wanted.length > 1 && record.Id.startsWith(wanted)),
    );
  const found = [];
  const problems = [];
  const render = options.format === undefined ? undefined : inspection(options.format);
  for (const wanted of rest) {
    const record = find(wanted);
    try {
      if (!record) throw new Error(`Error: No such ${kind}: ${wanted}`);
      found.push(render ? render(plain(record)) : plain(record));
    } catch (error) {
      problems.push(error.message);
    }
  }
  process.stdout.write(render ? found.join('') || '\n' : `${JSON.stringify(found, null, 4)}\n`);
  if (problems.length) throw new Usage(problems.join('\n'), 1);
}

/** The struct first; a template that does not fit it is tried on the JSON, where what is missing is an error. */
function inspection(format) {
  const template = compile(format === 'json' ? '{{json .}}' : format.replaceAll('\\t', '\t').replaceAll('\\n', '\n'));
  return (record) => {
    try {
      return `${template(typed(record))}\n`;
    } catch {
      try {
        return `${template(record, true)}\n`;
      } catch (error) {
        throw new Error(`${error.message.startsWith('template parsing') ? '' : 'template parsing error: '}${error.message}`);
      }
    }
  };
}

export async function logs(argv) {
  const kinds = { tail: 'text', since: 'text', until: 'text', follow: 'flag', timestamps: 'flag', details: 'flag' };
  const { options, rest } = parseArguments('logs', argv, kinds, { n: 'tail', f: 'follow', t: 'timestamps' });
  atLeast(rest, 1, 'logs', '[OPTIONS] CONTAINER', 'Fetch the logs of a container');
  const since = options.since === undefined ? -Infinity : instant(options.since);
  const until = options.until === undefined ? Infinity : instant(options.until);
  const print = ({ log, stream, time }) => process[stream].write(options.timestamps ? `${time} ${log}` : log);
  const { id, running, lines } = await ask('logs', { id: rest[0] }).catch((error) => {
    throw new Usage(`Error: ${error.message}`, 1);
  });
  const chosen = lines
    .map((line) => JSON.parse(line))
    .filter(({ time }) => Date.parse(time) >= since && Date.parse(time) <= until);
  const tail = options.tail === undefined || options.tail === 'all' ? chosen.length : Number(options.tail);
  chosen.slice(Math.max(0, chosen.length - tail)).forEach(print);
  if (!options.follow || !running) return;
  const last = lines.length ? JSON.parse(lines.at(-1)).time : '';
  for await (const line of follow('logs', { id })) {
    const entry = JSON.parse(line);
    if (entry.time > last) print(entry);
  }
}

export async function events(argv) {
  const { options } = parseArguments(
    'events',
    argv,
    { filter: 'list', format: 'text', since: 'text', until: 'text' },
    { f: 'filter' },
  );
  const filters = parseFilters(options.filter, ['type', 'event', 'container', 'label', 'image']);
  const until = options.until === undefined ? Infinity : instant(options.until);
  const wanted = (event) => {
    const some = (name, test) => !filters.has(name) || filters.get(name).some(test);
    const { Attributes, ID } = event.Actor;
    return (
      some('type', (value) => value === event.Type) &&
      some('event', (value) => value === event.Action || event.Action.startsWith(`${value}:`)) &&
      some('container', (value) => Attributes.name === value || ID.startsWith(value)) &&
      some('image', (value) => Attributes.image === value) &&
      some('label', (value) => hasLabel(Attributes, value))
    );
  };
  const print = (line) => {
    const event = JSON.parse(line);
    if (!wanted(event)) return;
    // The line as it came keeps timeNano exact.
    if (options.format === '{{json .}}' || options.format === 'json') process.stdout.write(`${line}\n`);
    else process.stdout.write(options.format ? rows(options.format)(goEvent(event, line)) : sentence(event, line));
  };
  const nanos = (line) => Number(/"timeNano":(\d+)/.exec(line)?.[1]) / 1e6;
  if (options.since !== undefined && existsSync('events')) {
    const since = instant(options.since);
    const past = readFileSync('events', 'utf8').split('\n').filter(Boolean);
    past.filter((line) => nanos(line) >= since && nanos(line) <= until).forEach(print);
  }
  const left = until - Date.now();
  if (left <= 0) return;
  if (left !== Infinity) setTimeout(() => process.exit(0), left);
  for await (const line of follow('events')) print(line);
}

function sentence(event, line) {
  const nanos = BigInt(/"timeNano":(\d+)/.exec(line)?.[1] ?? 0);
  const time = `${new Date(Number(nanos / 1_000_000n)).toISOString().slice(0, 19)}.${String(nanos % 1_000_000_000n).padStart(9, '0')}Z`;
  const attributes = Object.entries(event.Actor.Attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${time} ${event.Type} ${event.Action} ${event.Actor.ID} (${attributes.map(([key, value]) => `${key}=${value}`).join(', ')})\n`;
}

export async function version(argv) {
  const { options } = parseArguments('version', argv, { format: 'text' }, { f: 'format' });
  await ask('list');
  const side = { Version: VERSION, ApiVersion: '1.41', Os: 'linux', Arch: process.arch === 'x64' ? 'amd64' : process.arch };
  const data = { Client: { ...side }, Server: { Platform: { Name: 'stand-in' }, ...side, KernelVersion: release() } };
  if (options.format !== undefined) return process.stdout.write(rows(options.format)(data));
  return process.stdout.write(
    `Client:\n Version:           ${VERSION}\n\nServer:\n Engine:\n  Version:          ${VERSION} (stand-in, no engine)\n`,
  );
}

export async function info(argv) {
  const { options } = parseArguments('info', argv, { format: 'text' }, { f: 'format' });
  const records = await ask('list');
  const count = (status) => records.filter((record) => record.State.Status === status).length;
  const data = {
    Containers: records.length,
    ContainersRunning: records.filter((record) => record.State.Running).length,
    ContainersPaused: 0,
    ContainersStopped: count('exited') + count('created'),
    ServerVersion: VERSION,
    Driver: 'standin',
    OperatingSystem: 'stand-in, no engine',
    KernelVersion: release(),
  };
  if (options.format !== undefined) return process.stdout.write(rows(options.format)(data));
  const lines = `Server:\n Containers: ${data.Containers}\n  Running: ${data.ContainersRunning}\n  Stopped: ${data.ContainersStopped}\n`;
  return process.stdout.write(`${lines} Server Version: ${VERSION} (stand-in, no engine)\n`);
}

/** `docker import --change … <file or -> <name>`: the tree is ignored, ENTRYPOINT, CMD and ENV are remembered. */
export async function importImage(argv) {
  const { options, rest } = parseArguments('import', argv, { change: 'list', message: 'text' }, { c: 'change', m: 'message' });
  atLeast(
    rest,
    2,
    'import',
    '[OPTIONS] file|URL|- [REPOSITORY[:TAG]]',
    'Import the contents from a tarball to create a filesystem image',
  );
  const name = rest[1].includes(':') ? rest[1] : `${rest[1]}:latest`;
  const image = { env: [] };
  for (const change of options.change) {
    const [word, ...words] = change.split(' ');
    const value = words.join(' ');
    const list = () => (value.startsWith('[') ? JSON.parse(value) : ['/bin/sh', '-c', value]);
    if (word === 'ENTRYPOINT') image.entrypoint = list();
    else if (word === 'CMD') image.command = list();
    else if (word === 'ENV') image.env.push(value);
    else throw new Usage(`Error response from daemon: ${word} is not a valid change command`, 1);
  }
  const images = existsSync('images.json') ? JSON.parse(readFileSync('images.json', 'utf8')) : {};
  writeFileSync('images.json', JSON.stringify({ ...images, [name]: image }));
}
