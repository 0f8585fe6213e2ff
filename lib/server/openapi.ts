import { OpenAPIGenerator } from '@orpc/openapi';
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4';
import { z } from 'zod';
import { TokenView } from '@/lib/contract/access';
import { api } from '@/lib/contract/api';
import { EventView } from '@/lib/contract/events';
import { NodeFigures, Reason, ServiceView, SignalView, SourceClockView } from '@/lib/contract/health';
import { DeploymentDetail, DeploymentSettings, DeploymentView, NodeDetail, NodeView } from '@/lib/contract/inventory';
import { TaskView } from '@/lib/contract/tasks';
import { EgressView, IngressView, RoomView, SamplesView } from '@/lib/contract/workload';
import { Problem, PROBLEMS } from '@/lib/contract/problem';
import { VERSION } from './version';

type Operation = { responses?: Record<string, unknown>; parameters?: unknown[]; security?: unknown[] };

const DESCRIPTION = `Errors are problem documents (RFC 9457, application/problem+json) with a stable \`type\`.
Sign in with a session cookie (browser) or send \`Authorization: Bearer sbx_…\`. Lists page by \`cursor\`: pass \`next\` of the page before.
Bodies are JSON, at most 1 MB. Live changes: \`GET /stream\` (server-sent events, resumable by Last-Event-ID).`;

/** Named once in the document instead of being repeated at each route. */
const COMMON = Object.fromEntries(
  Object.entries({
    Reason,
    NodeFigures,
    SignalView,
    SourceClockView,
    ServiceView,
    DeploymentSettings,
    DeploymentView,
    DeploymentDetail,
    NodeView,
    NodeDetail,
    RoomView,
    EgressView,
    IngressView,
    EventView,
    SamplesView,
    TaskView,
    TokenView,
  }).map(([name, schema]) => [name, { schema, strategy: 'output' as const }]),
);

let made: Promise<string> | undefined;

/** OpenAPI 3.1 of the contract; lib/contract/openapi.json is its snapshot. */
export function openApiJson(): Promise<string> {
  made ??= make();
  return made;
}

async function make(): Promise<string> {
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] });
  const document = await generator.generate(api, {
    info: { title: 'Signalbox', version: VERSION, description: DESCRIPTION, license: { name: 'Apache-2.0' } },
    servers: [{ url: '/api/v1' }],
    security: [{ bearer: [] }, { session: [] }],
    commonSchemas: COMMON,
  });
  const components = {
    ...document.components,
    securitySchemes: {
      bearer: { type: 'http', scheme: 'bearer', description: 'An API token sbx_… with the scope read, operate or admin' },
      session: {
        type: 'apiKey',
        in: 'cookie',
        name: 'signalbox-….session_token',
        description: 'Of a browser; writes need the same origin',
      },
    },
    schemas: { ...document.components?.schemas, Problem: z.toJSONSchema(Problem) },
    responses: Object.fromEntries(
      Object.entries(byStatus()).map(([status, text]) => [`Problem${status}`, problemResponse(text)]),
    ),
  };
  const paths: Record<string, Record<string, Operation>> = { ...STREAM };
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    paths[path] = {};
    for (const [method, operation] of Object.entries(item ?? {})) {
      paths[path][method] = documented(path, method, operation as Operation /* item holds only operations here */);
    }
  }
  return `${JSON.stringify({ ...document, paths, components }, null, 1)}\n`;
}

/** What every route can refuse with, and the headers it reads. */
function documented(path: string, method: string, operation: Operation): Operation {
  const open = path === '/setup';
  const statuses = [...(open ? [] : ['401', '403']), '422', '500', '503'];
  if (path.includes('{')) statuses.push('404');
  const parameters = [...(operation.parameters ?? [])];
  if (method === 'post') {
    statuses.push('400', '409', '413', '415', '429');
    parameters.push(
      header('Idempotency-Key', false, 'Same key and same body: the same answer again, for 24 h; another body: 422.'),
    );
  }
  if (method === 'patch') {
    statuses.push('400', '409', '412', '413', '415', '428');
    parameters.push(header('If-Match', true, 'The rev that the change is based on, in quotes, as ETag gives it.'));
  }
  if (method === 'delete') statuses.push('409');
  const problems = Object.fromEntries(statuses.toSorted().map((s) => [s, { $ref: `#/components/responses/Problem${s}` }]));
  return { ...operation, ...(open && { security: [] }), parameters, responses: { ...operation.responses, ...problems } };
}

const header = (name: string, required: boolean, description: string) => ({
  name,
  in: 'header',
  required,
  description,
  schema: { type: 'string' },
});

function byStatus(): Record<string, string> {
  const words: Record<string, string[]> = {};
  for (const [type, { status, title }] of Object.entries(PROBLEMS)) (words[status] ??= []).push(`${title} (/problems/${type})`);
  return Object.fromEntries(Object.entries(words).map(([status, titles]) => [status, titles.join('; ')]));
}

const problemResponse = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});

/** Not of the contract, because it is no JSON answer. */
const STREAM: Record<string, Record<string, Operation & Record<string, unknown>>> = {
  '/stream': {
    get: {
      operationId: 'stream',
      summary: 'Live changes as server-sent events',
      description:
        'Messages hello, reset, delta, event, clocks; data is JSON with the same `type`. Resumes without loss by Last-Event-ID, or says reset.',
      parameters: [
        header('Last-Event-ID', false, 'The id of the last message that was seen'),
        {
          name: 'lastEventId',
          in: 'query',
          required: false,
          description: 'The same, where a header cannot be set',
          schema: { type: 'string' },
        },
      ],
      responses: {
        200: { description: 'A stream that does not end', content: { 'text/event-stream': { schema: { type: 'string' } } } },
        401: { $ref: '#/components/responses/Problem401' },
        503: { $ref: '#/components/responses/Problem503' },
      },
    },
  },
};
