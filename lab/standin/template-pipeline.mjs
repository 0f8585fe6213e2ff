export class TemplateError extends Error {}

const FUNCTIONS = {
  json: (value) => JSON.stringify(value ?? null),
  index: undefined,
  len: (value) => (typeof value === 'string' || Array.isArray(value) ? value.length : Object.keys(value ?? {}).length),
  eq: (value, ...others) => others.some((other) => other === value),
  ne: (a, b) => a !== b,
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
  and: (...values) => values.find((value) => !truthy(value)) ?? values.at(-1),
  or: (...values) => values.find(truthy) ?? values.at(-1),
  not: (value) => !truthy(value),
  print: (...values) => values.map(show).join(''),
  println: (...values) => `${values.map(show).join(' ')}\n`,
  printf: (format, ...values) => format.replace(/%[svdq%]/g, (verb) => verbOf(verb, values)),
  join: (list, separator) => list.join(separator),
  split: (text, separator) => text.split(separator),
  lower: (text) => text.toLowerCase(),
  upper: (text) => text.toUpperCase(),
  title: (text) => text.replace(/\b\w/g, (letter) => letter.toUpperCase()),
  truncate: (text, length) => text.slice(0, length),
};

function verbOf(verb, values) {
  if (verb === '%%') return '%';
  const value = values.shift();
  return verb === '%q' ? JSON.stringify(value) : show(value);
}

/** A pipeline is commands joined by `|`; a command is operands. Positions are kept for the messages. */
export function parsePipeline(source, at) {
  const tokens = words(source, at);
  const [pipe, rest] = pipeline(tokens, 0);
  if (rest < tokens.length)
    throw new TemplateError(`template parsing error: template: :1: unexpected "${tokens[rest].text}" in operand`);
  return pipe;
}

function words(source, at) {
  const pattern = /\s*("(?:[^"\\]|\\.)*"|`[^`]*`|\(|\)|\||-?\d+(?:\.\d+)?|\$?[.\w][\w.]*|\$|\S)/gy;
  const found = [];
  for (let match = pattern.exec(source); match; match = pattern.exec(source)) {
    found.push({ text: match[1], at: at + pattern.lastIndex - match[1].length });
  }
  return found;
}

function pipeline(tokens, start) {
  const commands = [[]];
  let at = start;
  for (; at < tokens.length && tokens[at].text !== ')'; at += 1) {
    const token = tokens[at];
    if (token.text === '|') commands.push([]);
    else if (token.text === '(') {
      const [inner, rest] = pipeline(tokens, at + 1);
      commands.at(-1).push({ inner });
      at = rest;
    } else commands.at(-1).push(operand(token));
  }
  if (commands.some((command) => !command.length))
    throw new TemplateError('template parsing error: template: :1: missing value for command');
  return [commands, at];
}

function operand({ text, at }) {
  if (/^["`]/.test(text)) return { value: text[0] === '"' ? JSON.parse(text) : text.slice(1, -1) };
  if (/^-?\d/.test(text)) return { value: Number(text) };
  if (text === 'true' || text === 'false') return { value: text === 'true' };
  if (text === 'nil') return { value: null };
  if (text.startsWith('.') || text.startsWith('$')) return { path: text, at };
  if (text in FUNCTIONS) return { call: text };
  throw new TemplateError(`template parsing error: template: :1: function "${text}" not defined`);
}

export function evaluate(pipe, dot, variables) {
  return pipe.reduce((last, command, index) => {
    const extra = index ? [last] : [];
    const [head, ...rest] = command;
    const args = [...rest.map((item) => resolve(item, dot, variables, [])), ...extra];
    if (head.call) return apply(head.call, args, variables);
    return resolve(head, dot, variables, args);
  }, undefined);
}

function apply(name, args, { raw }) {
  if (name !== 'index') return FUNCTIONS[name](...args);
  const [value, ...keys] = args;
  return keys.reduce((inside, key) => inside?.[key], value) ?? (raw ? undefined : '');
}

function resolve(item, dot, variables, args) {
  if (item.inner) return evaluate(item.inner, dot, variables);
  if (item.call) return apply(item.call, args, variables);
  if (!item.path) return item.value;
  const [root, ...fields] = item.path.startsWith('.') ? ['', ...item.path.slice(1).split('.')] : item.path.split('.');
  if (root && !(root in variables)) throw new TemplateError(`template parsing error: template: :1: undefined variable "${root}"`);
  let value = root ? variables[root] : dot;
  let at = item.at + root.length;
  for (const field of fields.filter(Boolean)) {
    value = step(value, field, item, at, args);
    at += field.length + 1;
  }
  return value;
}

/** A method is a function of the value (`.Label "x"`); labels are a map, where a missing key is no error. */
function step(value, field, item, at, args) {
  const found = value?.[field];
  if (typeof found === 'function') return found(...args);
  if (found !== undefined) return found;
  const isMap = value && typeof value === 'object' && !Object.keys(value).some((key) => /^[A-Z]/.test(key));
  if (isMap) return undefined;
  throw new TemplateError(`template: :1:${at}: executing "" at <${item.path}>: map has no entry for key "${field}"`);
}

export function truthy(value) {
  if (Array.isArray(value)) return value.length > 0;
  if (value && typeof value === 'object') return Object.keys(value).length > 0;
  return Boolean(value);
}

/** As Go's fmt prints it: lists in brackets, maps as map[k:v], structs (whose fields begin with a capital) in braces. */
export function show(value) {
  if (value === undefined) return '<no value>';
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(show).join(' ')}]`;
  if (typeof value !== 'object') return String(value);
  const keys = Object.keys(value);
  if (keys.length && keys.every((key) => /^[A-Z]/.test(key))) return `{${keys.map((key) => show(value[key])).join(' ')}}`;
  return `map[${keys
    .sort()
    .map((key) => `${key}:${show(value[key])}`)
    .join(' ')}]`;
}
