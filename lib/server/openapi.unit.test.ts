import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { LATEST_MIGRATION } from './health';
import { openApiJson } from './openapi';
import { ROUTES } from './routes';

const root = path.join(import.meta.dirname, '../..');
const SNAPSHOT = path.join(root, 'lib/contract/openapi.json');

describe('the OpenAPI document', () => {
  test('is the snapshot in lib/contract/openapi.json (npx vitest run -u lib/server/openapi.unit.test.ts renews it)', async () => {
    await expect(await openApiJson()).toMatchFileSnapshot(SNAPSHOT);
  });
  test('has every route, what it can refuse with, and the headers it reads', async () => {
    type Operation = { responses: Record<string, unknown>; parameters?: { name: string }[]; security?: unknown[] };
    const document = JSON.parse(await openApiJson()) as { openapi: string; paths: Record<string, Record<string, Operation>> };
    expect(document.openapi).toMatch(/^3\.1/);
    for (const { method, path: address } of ROUTES) {
      const operation = document.paths[address]?.[method.toLowerCase()];
      expect(operation, `${method} ${address}`).toBeDefined();
      if (address !== '/setup') expect(operation?.responses, address).toHaveProperty('401');
      expect(operation?.responses).toHaveProperty('503');
      const headers = operation?.parameters?.map((p) => p.name);
      if (method === 'PATCH') expect(headers).toContain('If-Match');
      if (method === 'POST') expect(headers).toContain('Idempotency-Key');
    }
  });
});

test('the migration that readiness asks for is the newest of this checkout', async () => {
  const entries = await readdir(path.join(root, 'prisma/migrations'), { withFileTypes: true });
  const names = entries.filter((e) => e.isDirectory()).map((e) => e.name);
  expect(names.toSorted().at(-1)).toBe(LATEST_MIGRATION);
});
