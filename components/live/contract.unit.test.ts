import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { contractJson } from './contract-json';

describe('the contract in the browser', () => {
  it('is the one of lib/contract (otherwise: npx tsx components/live/generate-contract.ts)', async () => {
    expect(await readFile(path.join(import.meta.dirname, 'contract.json'), 'utf8')).toBe(contractJson());
  });
});
