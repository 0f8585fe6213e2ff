import { evaluate, parsePipeline, show, TemplateError, truthy } from './template-pipeline.mjs';

/**
 * The part of Go's text/template that people write after `--format`: fields, variables, if/else, range, with, comments,
 * trim marks, and the functions of template-pipeline.mjs. Everything else is refused, not guessed.
 */
export { TemplateError };

/** @returns a function of the data; `raw` data comes from JSON: there `index` of a missing key has no value, not "". */
export function compile(source) {
  const tokens = tokenize(source);
  const { nodes, rest } = block(tokens, 0, source);
  if (rest < tokens.length) throw new TemplateError(`template parsing error: template: :1: unexpected {{${tokens[rest].text}}}`);
  return (data, raw = false) => render(nodes, data, { $: data, raw });
}

function tokenize(source) {
  const tokens = [];
  let at = 0;
  let trim = false;
  while (at < source.length) {
    const open = source.indexOf('{{', at);
    let text = source.slice(at, open < 0 ? undefined : open);
    if (trim) text = text.trimStart();
    trim = false;
    if (open < 0) {
      tokens.push({ literal: text });
      break;
    }
    const close = source.indexOf('}}', open);
    if (close < 0) throw new TemplateError('template parsing error: template: :1: unclosed action');
    let inner = source.slice(open + 2, close);
    if (inner.startsWith('- ')) {
      text = text.trimEnd();
      inner = inner.slice(1);
    }
    if (inner.endsWith(' -')) {
      trim = true;
      inner = inner.slice(0, -1);
    }
    tokens.push({ literal: text });
    if (!inner.trim().startsWith('/*')) tokens.push({ text: inner.trim(), at: source.indexOf(inner.trim(), open + 2) });
    at = close + 2;
  }
  return tokens;
}

/** Reads nodes up to `end` or `else` of the surrounding block. */
function block(tokens, start, source) {
  const nodes = [];
  let at = start;
  while (at < tokens.length) {
    const token = tokens[at];
    const word = token.text?.split(/\s/)[0];
    if (token.literal !== undefined) nodes.push({ literal: token.literal });
    else if (word === 'end' || word === 'else') return { nodes, rest: at };
    else if (word === 'if' || word === 'range' || word === 'with') {
      const branch = control(tokens, at, word, source);
      nodes.push(branch.node);
      at = branch.rest;
    } else nodes.push(assignment(token, token.text, token.at));
    at += 1;
  }
  return { nodes, rest: at };
}

function control(tokens, at, word, source) {
  const token = tokens[at];
  const head = assignment(token, token.text.slice(word.length).trim(), token.at + word.length + 1);
  const body = block(tokens, at + 1, source);
  let rest = body.rest;
  let otherwise = [];
  const mark = tokens[rest]?.text ?? '';
  if (mark.startsWith('else if')) {
    const nested = [...tokens];
    nested[rest] = { text: mark.slice(5), at: tokens[rest].at + 5 };
    const branch = control(nested, rest, 'if', source);
    return { node: { word, head, body: body.nodes, otherwise: [branch.node] }, rest: branch.rest };
  }
  if (mark === 'else') {
    const other = block(tokens, rest + 1, source);
    otherwise = other.nodes;
    rest = other.rest;
  }
  if (tokens[rest]?.text !== 'end') throw new TemplateError('template parsing error: template: :1: unexpected EOF');
  return { node: { word, head, body: body.nodes, otherwise }, rest };
}

/** `$a := pipe` and `$k, $v := pipe`, or the pipe alone. */
function assignment(token, text, at) {
  const match = /^(\$\w+)(?:\s*,\s*(\$\w+))?\s*:=\s*/.exec(text);
  const names = match ? [match[1], match[2]].filter(Boolean) : [];
  return { names, pipe: parsePipeline(text.slice(match?.[0].length ?? 0), at + (match?.[0].length ?? 0)) };
}

function render(nodes, dot, variables) {
  return nodes.map((node) => renderNode(node, dot, variables)).join('');
}

function renderNode(node, dot, variables) {
  if (node.literal !== undefined) return node.literal;
  if (!node.word) {
    const value = evaluate(node.pipe, dot, variables);
    if (node.names.length) variables[node.names[0]] = value;
    return node.names.length ? '' : show(value);
  }
  const value = evaluate(node.head.pipe, dot, variables);
  const scope = { ...variables };
  if (node.word === 'range') return range(node, value, dot, scope);
  if (node.head.names.length) scope[node.head.names[0]] = value;
  if (!truthy(value)) return render(node.otherwise, dot, scope);
  return render(node.body, node.word === 'with' ? value : dot, scope);
}

function range(node, value, dot, scope) {
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  if (!entries.length) return render(node.otherwise, dot, scope);
  const [first, second] = node.head.names;
  return entries
    .map(([key, item]) => {
      if (second) Object.assign(scope, { [first]: key, [second]: item });
      else if (first) scope[first] = item;
      return render(node.body, item, scope);
    })
    .join('');
}
