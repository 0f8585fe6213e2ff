/** What the user typed was wrong: printed as it is; `code` is the exit status. */
export class Usage extends Error {
  constructor(text, code = 125) {
    super(text);
    this.code = code;
  }
}

/**
 * Flags as Docker's command line takes them: `--name value`, `--name=value`, `-n value`, `-nvalue`, `-it`. Flags end at
 * the first word that is none when `stopEarly` (run and exec pass the rest on).
 * @param {Record<string, 'text' | 'list' | 'flag'>} known long names @param {Record<string, string>} short letter → long name
 */
export function parseArguments(command, argv, known, short = {}, stopEarly = false) {
  const options = Object.fromEntries(Object.entries(known).map(([name, kind]) => [name, kind === 'list' ? [] : undefined]));
  const rest = [];
  const queue = [...argv];
  const set = (name, value) => {
    if (known[name] === 'list') options[name].push(value);
    else options[name] = value;
  };
  const unknown = (flag, kind) => new Usage(`unknown ${kind}: ${flag}\nSee 'docker ${command} --help'.`);
  const take = (flag) => {
    if (!queue.length) throw new Usage(`flag needs an argument: ${flag}\nSee 'docker ${command} --help'.`);
    return queue.shift();
  };
  const long = (word) => {
    const [name, ...parts] = word.slice(2).split('=');
    const value = parts.length ? parts.join('=') : undefined;
    if (!(name in known)) throw unknown(`--${name}`, 'flag');
    if (known[name] === 'flag') set(name, value === undefined || value === 'true');
    else set(name, value ?? take(word));
  };
  const letters = (word) => {
    for (let i = 1; i < word.length; i += 1) {
      const name = short[word[i]];
      if (!name) throw unknown(`'${word[i]}' in ${word}`, 'shorthand flag');
      if (known[name] === 'flag') set(name, true);
      else return set(name, i + 1 < word.length ? word.slice(i + 1).replace(/^=/, '') : take(`'${word[i]}' in ${word}`));
    }
    return undefined;
  };
  while (queue.length) {
    const word = queue.shift();
    if (word === '--') rest.push(...queue.splice(0));
    else if (word.startsWith('--')) long(word);
    else if (word.startsWith('-') && word.length > 1) letters(word);
    else if (stopEarly) rest.push(word, ...queue.splice(0));
    else rest.push(word);
  }
  return { options, rest };
}

export function atLeast(rest, count, command, form, purpose) {
  if (rest.length >= count) return;
  const words = count === 1 ? '1 argument' : `${count} arguments`;
  throw new Usage(
    `"docker ${command}" requires at least ${words}.\nSee 'docker ${command} --help'.\n\nUsage:  docker ${command} ${form}\n\n${purpose}`,
    1,
  );
}

/** `--filter name=value`, several of one name are alternatives. */
export function parseFilters(list, allowed) {
  const filters = new Map();
  for (const item of list) {
    const equals = item.indexOf('=');
    if (equals < 0) {
      throw new Usage(
        `invalid argument "${item}" for "-f, --filter" flag: bad format of filter (expected name=value)\nSee 'docker ps --help'.`,
      );
    }
    const name = item.slice(0, equals);
    if (!allowed.includes(name)) throw new Usage(`Error response from daemon: Invalid filter '${name}'`, 1);
    filters.set(name, [...(filters.get(name) ?? []), item.slice(equals + 1)]);
  }
  return filters;
}

/** A label filter is a key, or key=value. */
export const hasLabel = (labels, wanted) => {
  const [key, ...value] = wanted.split('=');
  return key in labels && (!value.length || labels[key] === value.join('='));
};
