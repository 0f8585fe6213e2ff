import { hasLabel, parseArguments, parseFilters, Usage } from './arguments.mjs';
import { ask } from './engine-link.mjs';
import { compile } from './template.mjs';
import { humanDuration } from './time.mjs';

const STATUSES = ['created', 'restarting', 'running', 'removing', 'paused', 'exited', 'dead'];
const HEADERS = { ID: 'CONTAINER ID', Image: 'IMAGE', Command: 'COMMAND', RunningFor: 'CREATED', Status: 'STATUS', Ports: 'PORTS', Names: 'NAMES', State: 'STATE', Labels: 'LABELS', CreatedAt: 'CREATED AT', Mounts: 'MOUNTS', Networks: 'NETWORKS', Size: 'SIZE', LocalVolumes: 'LOCAL VOLUMES' }; // prettier-ignore
const TABLE = '{{.ID}}\t{{.Image}}\t{{.Command}}\t{{.RunningFor}}\t{{.Status}}\t{{.Ports}}\t{{.Names}}';

export async function ps(argv) {
  const kinds = {
    all: 'flag',
    quiet: 'flag',
    'no-trunc': 'flag',
    filter: 'list',
    format: 'text',
    last: 'text',
    latest: 'flag',
    size: 'flag',
  };
  const { options } = parseArguments('ps', argv, kinds, { a: 'all', q: 'quiet', f: 'filter', n: 'last', l: 'latest', s: 'size' });
  const filters = parseFilters(options.filter, ['name', 'label', 'status', 'id', 'exited', 'ancestor']);
  for (const status of filters.get('status') ?? []) {
    if (!STATUSES.includes(status)) throw new Usage(`Error response from daemon: Invalid filter 'status=${status}'`, 1);
  }
  const all = options.all || options.latest || options.last !== undefined || filters.has('status') || filters.has('exited');
  const records = (await ask('list')).filter((record) => (all || record.State.Running) && matches(record, filters));
  const limit = options.latest ? 1 : Number(options.last ?? Infinity);
  const rows = records.slice(0, limit).map((record) => row(record, options['no-trunc']));
  if (options.quiet && !options.format) return rows.map((each) => `${each.ID}\n`).join('');
  const format = options.format ?? 'table';
  if (format === 'table') return table(rows, TABLE);
  if (format.startsWith('table ')) return table(rows, format.slice(6).replaceAll('\\t', '\t'));
  const render = compile(format === 'json' ? '{{json .}}' : format.replaceAll('\\t', '\t').replaceAll('\\n', '\n'));
  try {
    return rows.map((each) => `${render(each)}\n`).join('');
  } catch (error) {
    const missing = /no entry for key "(\w+)"/.exec(error.message)?.[1];
    const where = error.message.replace(
      /map has no entry.*/,
      `can't evaluate field ${missing} in type *formatter.ContainerContext`,
    );
    throw new Usage(`failed to execute template: ${where}`, 1);
  }
}

function matches(record, filters) {
  const some = (name, test) => !filters.has(name) || filters.get(name).some(test);
  return (
    some('name', (wanted) => new RegExp(wanted).test(record.Name) || new RegExp(wanted).test(record.Name.slice(1))) &&
    (filters.get('label') ?? []).every((wanted) => hasLabel(record.Config.Labels, wanted)) &&
    some('status', (wanted) => record.State.Status === wanted) &&
    some('id', (wanted) => record.Id.startsWith(wanted)) &&
    some('ancestor', (wanted) => [record.Config.Image, record.Image, `${wanted}:latest`].includes(wanted)) &&
    some('exited', (wanted) => record.State.Status === 'exited' && String(record.State.ExitCode) === wanted)
  );
}

function row(record, whole) {
  const words = [record.Path, ...record.Args.map((word) => (word.includes(' ') ? `'${word}'` : word))].join(' ');
  const shortened = whole || words.length <= 20 ? words : `${words.slice(0, 19)}…`;
  const { Labels } = record.Config;
  const pairs = Object.entries(Labels).sort(([a], [b]) => (a < b ? -1 : 1));
  const fields = {
    Command: JSON.stringify(shortened),
    CreatedAt: `${record.Created.slice(0, 19).replace('T', ' ')} +0000 UTC`,
    ID: whole ? record.Id : record.Id.slice(0, 12),
    Image: record.Config.Image,
    Labels: pairs.map(([key, value]) => `${key}=${value}`).join(','),
    LocalVolumes: '0',
    Mounts: record.Mounts.map((mount) => mount.Source).join(','),
    Names: record.Name.slice(1),
    Networks: Object.keys(record.NetworkSettings.Networks)[0] ?? '',
    Ports: '',
    RunningFor: `${humanDuration(Date.now() - Date.parse(record.Created))} ago`,
    Size: '0B',
    State: record.State.Status,
    Status: statusOf(record.State),
  };
  return Object.defineProperty(fields, 'Label', { value: (key) => Labels[key] ?? '', enumerable: false });
}

function statusOf({ Status, ExitCode, StartedAt, FinishedAt }) {
  const ago = (time) => humanDuration(Date.now() - Date.parse(time));
  if (Status === 'running') return `Up ${ago(StartedAt)}`;
  if (Status === 'restarting') return `Restarting (${ExitCode}) ${ago(FinishedAt)} ago`;
  if (Status === 'exited') return `Exited (${ExitCode}) ${ago(FinishedAt)} ago`;
  return 'Created';
}

/** Go's tabwriter with at least ten columns a cell and three blanks between. */
function table(rows, columns) {
  const render = compile(columns);
  const header = columns.replaceAll(/\{\{\s*\.(\w+)[^}]*\}\}/g, (_, field) => HEADERS[field] ?? field.toUpperCase());
  const lines = [header, ...rows.map((each) => render(each))].map((line) => line.split('\t'));
  const widths = lines[0].map((_, column) => Math.max(10, ...lines.map((cells) => (cells[column] ?? '').length + 3)));
  const padded = lines.map((cells) =>
    cells.map((cell, column) => (column < cells.length - 1 ? cell.padEnd(widths[column]) : cell)),
  );
  return padded.map((cells) => `${cells.join('')}\n`).join('');
}
