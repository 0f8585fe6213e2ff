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

const WRITES =
  /\.(?:create|createMany|update|updateMany|upsert|delete|deleteMany)\(|\$executeRaw|(?:INSERT INTO|UPDATE "|DELETE FROM)/;
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
      text.split('\n').forEach((line, i) => {
        if (WRITES.test(line) && /\b(?:ctx\.)?db\./.test(line)) found.push(`${file}:${i + 1} ${line.trim()}`);
      });
    }
    // The last use of a token: written at most once a minute, no change of anything anyone decided.
    expect(found.filter((f) => !/^access\/tokens\.ts:\d+ await db\.apiToken\.updateMany\(\{$/.test(f))).toEqual([]);
  });

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
