import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

const HERE = import.meta.dirname;

async function sources(): Promise<{ file: string; text: string }[]> {
  const names = (await readdir(HERE, { recursive: true })).filter((n) => n.endsWith('.ts') && !n.endsWith('.test.ts'));
  return Promise.all(names.toSorted().map(async (file) => ({ file, text: await readFile(path.join(HERE, file), 'utf8') })));
}

/** Each exported function of a verb file, from its head to the next one. */
function exportedFunctions(text: string): { name: string; body: string }[] {
  const heads = [...text.matchAll(/^export (?:async )?function (\w+)/gm)];
  return heads.map((head, i) => ({ name: head[1] ?? '', body: text.slice(head.index, heads[i + 1]?.index) }));
}

/** A method of the database itself, however the lines break: a table's write, or raw SQL that writes. */
const BESIDE =
  /\b(?:db|prisma)\s*\.\s*(?:\$executeRaw|\w+\s*\.\s*(?:create|createMany|createManyAndReturn|update|updateMany|updateManyAndReturn|upsert|delete|deleteMany)\s*\()/g;
const RAW = /\b(?:db|prisma)\s*\.\s*\$queryRaw\w*\s*(?:<[^`(]*>)?\s*[`(]([^`]*)`?/g;
const RAW_WRITES = /\b(?:INSERT\s+INTO|UPDATE\s+(?:ONLY\s+)?["\w.]+\s+(?:AS\s+\w+\s+)?SET|DELETE\s+FROM)\b|append_event\(/i;

/** Each write past the transaction, by the line it begins in, its white space folded. */
function writesBeside(text: string): string[] {
  const hits = [...text.matchAll(BESIDE), ...[...text.matchAll(RAW)].filter((raw) => RAW_WRITES.test(raw[1] ?? ''))];
  return hits.map((hit) => `${text.slice(0, hit.index).split('\n').length} ${hit[0].replaceAll(/\s+/g, '')}`);
}

/** Not verbs: parts that write inside a verb's transaction (`tx`), and counts that must outlive a refused request. */
const OUTSIDE: Record<string, string> = {
  'verb.ts': 'the wrapper itself',
  'idempotency.ts': 'runs inside the wrapper',
  'access/rate-limit.ts': 'a refused try counts',
};

describe('a change that is not in the audit log did not happen', () => {
  test('only the wrapper opens a transaction', async () => {
    const opening = (await sources()).filter((s) => s.text.includes('$transaction')).map((s) => s.file);
    expect(opening).toEqual(['verb.ts']);
  });

  test('no write goes to the database but through the transaction that the wrapper gave', async () => {
    const found: string[] = [];
    for (const { file, text } of await sources()) {
      if (file in OUTSIDE) continue;
      found.push(...writesBeside(text).map((hit) => `${file}:${hit}`));
    }
    // The last use of a token: written at most once a minute, no change of anything anyone decided.
    expect(found.filter((f) => !/^access\/tokens\.ts:\d+ db\.apiToken\.updateMany\($/.test(f))).toEqual([]);
  });

  test.each([
    ['on one line', 'await ctx.db.node.update({ where })'],
    ['over lines', 'await ctx.db\n  .node\n  .update(\n    {})'],
    ['by a table on its own line', 'const made = db.\n node . createMany ({})'],
    ['raw', 'await ctx.db\n  .$executeRaw`SELECT 1`'],
    ['raw with an answer', 'await db.$queryRaw<{ id: string }[]>`\n  UPDATE node AS n\n  SET name = ${name} RETURNING id`'],
    ['raw deletion', 'await db.$queryRaw`\n DELETE\n FROM node`'],
  ])('that look sees a write %s', (_, statement) => {
    expect(writesBeside(statement)).toHaveLength(1);
  });
  test.each([
    'await tx.node\n .update({})',
    'const rows = await db.$queryRaw`SELECT updated_at FROM node`;\nawait tx.node.update({})',
    'await db.node.findMany({ where: { update: 1 } })',
    'await tx.$queryRaw`UPDATE node SET a = 1`',
  ])('and lets pass what is none: %s', (statement) => expect(writesBeside(statement)).toEqual([]));

  test('every verb that writes says first who may, and calls its audit', async () => {
    const verbs: string[] = [];
    for (const { file, text } of await sources()) {
      for (const { name, body } of exportedFunctions(text)) {
        if (!/\bwriting\(/.test(body) || file === 'verb.ts') continue;
        verbs.push(name);
        const scope = body.indexOf('allow(ctx, ');
        // The anonymous write of the set-up names its own actor to the wrapper.
        if (name !== 'completeSetup') expect(scope, `${file} ${name}: allow comes first`).toBeGreaterThan(0);
        const before = body.slice(0, name === 'completeSetup' ? 0 : scope);
        expect(before, `${file} ${name}: nothing is read before allow`).not.toMatch(/await|parse\(/);
        expect(body, `${file} ${name}`).toMatch(/await audit\(/);
        expect(body, `${file} ${name}`).toMatch(/writing\(\s*ctx,\s*'[a-z-]+(?:\.[a-z-]+)?'/);
      }
    }
    expect(verbs.length).toBeGreaterThanOrEqual(15);
  });

  test('every verb that only reads says first who may', async () => {
    const open = ['setupState'];
    for (const { file, text } of await sources()) {
      for (const { name, body } of exportedFunctions(text)) {
        if (!/^export async function \w+\(\{ ctx[,:\s}]/.test(body) || open.includes(name) || /\bwriting\(/.test(body)) continue;
        expect(body, `${file} ${name}`).toMatch(/\{\n {2}(?:const actor = )?allow\(ctx, /);
      }
    }
  });
});
