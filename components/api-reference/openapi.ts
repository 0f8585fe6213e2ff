/** The parts of an OpenAPI 3.1 document that the page shows; what it does not know it leaves out. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  format?: string;
  default?: unknown;
  description?: string;
}
interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema?: Schema;
}
interface Operation {
  operationId?: string;
  summary?: string;
  description?: string;
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content?: Record<string, { schema?: Schema }> };
  responses?: Record<string, { $ref?: string; description?: string; content?: Record<string, { schema?: Schema }> }>;
}
export interface OpenApi {
  info: { title: string; version: string };
  paths: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, Schema> };
}

export interface Entry {
  id: string;
  method: string;
  path: string;
  title: string;
  description: string;
  parameters: { name: string; place: string; needed: boolean; type: string; description: string }[];
  body: string | null;
  answers: { status: string; words: string; body: string | null }[];
  /** Statuses that come with a problem document. */
  refusals: string[];
}
export interface Group {
  name: string;
  entries: Entry[];
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/** Operations by the first part of their path, in the order of the document. */
export function groupsOf(doc: OpenApi): Group[] {
  const groups = new Map<string, Entry[]>();
  for (const [path, item] of Object.entries(doc.paths)) {
    for (const method of METHODS) {
      const operation = item[method];
      if (!operation) continue;
      const name = /^\/(?:deployments\/\{slug\}\/)?([^/{]+)/.exec(path)?.[1] ?? 'other';
      groups.set(name, [...(groups.get(name) ?? []), entryOf(doc, path, method, operation)]);
    }
  }
  return [...groups].map(([name, entries]) => ({ name, entries }));
}

function entryOf(doc: OpenApi, path: string, method: string, operation: Operation): Entry {
  const text = (schema: Schema | undefined) => (schema ? schemaText(schema, doc) : null);
  const first = (content: Record<string, { schema?: Schema }> | undefined) => text(Object.values(content ?? {})[0]?.schema);
  const answers = Object.entries(operation.responses ?? {});
  return {
    id: `${method}-${path.replace(/[^a-zA-Z0-9]+/g, '-').replace(/^-|-$/g, '')}`,
    method: method.toUpperCase(),
    path,
    title: operation.summary ?? operation.operationId?.replaceAll('.', ' ') ?? '',
    description: operation.description ?? '',
    parameters: (operation.parameters ?? []).map((p) => ({
      name: p.name,
      place: p.in,
      needed: p.required ?? false,
      type: text(p.schema) ?? 'string',
      description: p.description ?? p.schema?.description ?? '',
    })),
    body: first(operation.requestBody?.content),
    answers: answers
      .filter(([, answer]) => !answer.$ref)
      .map(([status, answer]) => ({ status, words: answer.description ?? '', body: first(answer.content) })),
    refusals: answers.filter(([, answer]) => answer.$ref).map(([status]) => status),
  };
}

const MAX_DEPTH = 6;

/** A schema as a type that people read: `{ name: string, limit?: integer = 100 }`, one property a line. */
export function schemaText(schema: Schema, doc: Pick<OpenApi, 'components'>, depth = 0, indent = 0): string {
  const same = (s: Schema) => schemaText(s, doc, depth + 1, indent);
  const below = (s: Schema) => schemaText(s, doc, depth + 1, indent + 1);
  if (depth > MAX_DEPTH) return '…';
  if (schema.$ref) {
    const target = doc.components?.schemas?.[schema.$ref.split('/').at(-1) ?? ''];
    return target ? same(target) : (schema.$ref.split('/').at(-1) ?? 'unknown');
  }
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((v) => JSON.stringify(v)).join(' | ');
  const either = schema.anyOf ?? schema.oneOf;
  if (either) return [...new Set(either.map(same))].join(' | ');
  if (schema.allOf) return schema.allOf.map(same).join(' & ');
  const type = Array.isArray(schema.type) ? schema.type.join(' | ') : schema.type;
  if (type === 'array') return `array of ${schema.items ? same(schema.items) : 'anything'}`;
  if (type === 'object' || schema.properties) return objectText(schema, below, indent);
  return [type ?? 'anything', schema.format].filter(Boolean).join(' ');
}

function objectText(schema: Schema, below: (s: Schema) => string, indent: number): string {
  const pad = '  '.repeat(indent + 1);
  const lines = Object.entries(schema.properties ?? {}).map(([name, value]) => {
    const mark = schema.required?.includes(name) ? '' : '?';
    const fallback = value.default === undefined ? '' : ` = ${JSON.stringify(value.default)}`;
    const why = value.description ? `  // ${value.description}` : '';
    return `${pad}${name}${mark}: ${below(value)}${fallback}${why}`;
  });
  const rest = schema.additionalProperties;
  if (rest && typeof rest === 'object') lines.push(`${pad}[name]: ${below(rest)}`);
  return lines.length === 0 ? '{}' : `{\n${lines.join('\n')}\n${'  '.repeat(indent)}}`;
}
