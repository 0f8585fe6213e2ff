import { describe, expect, it } from 'vitest';
import { groupsOf, schemaText, type OpenApi } from './openapi';

const doc: OpenApi = {
  info: { title: 't', version: '1' },
  paths: {
    '/deployments': {
      get: { summary: 'List' },
      post: { requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/D' } } } } },
    },
    '/deployments/{slug}/rooms/{sid}': {
      get: { parameters: [{ name: 'sid', in: 'path', required: true, schema: { type: 'string' } }] },
    },
  },
  components: {
    schemas: {
      D: {
        type: 'object',
        required: ['name'],
        properties: {
          name: { type: 'string', description: 'as people call it' },
          platform: { enum: ['aws', 'gcp'], default: 'aws' },
          nodes: { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'null' }] } },
          again: { $ref: '#/components/schemas/D' },
        },
      },
    },
  },
};

describe('API reference', () => {
  it('shows every operation once, what belongs to rooms below rooms', () => {
    expect(groupsOf(doc).map((g) => [g.name, g.entries.map((e) => `${e.method} ${e.path}`)])).toEqual([
      ['deployments', ['GET /deployments', 'POST /deployments']],
      ['rooms', ['GET /deployments/{slug}/rooms/{sid}']],
    ]);
  });

  it('writes a schema as a type, with what is optional, the defaults and the reasons; one that contains itself ends', () => {
    const text = schemaText({ $ref: '#/components/schemas/D' }, doc);
    expect(text).toContain('name: string  // as people call it');
    expect(text).toContain('platform?: "aws" | "gcp" = "aws"');
    expect(text).toContain('nodes?: array of string | null');
    expect(text).toContain('…');
  });
});
