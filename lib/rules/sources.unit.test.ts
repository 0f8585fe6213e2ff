import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { Role, Source } from '@/lib/contract/names';
import { ANY_SOURCE, NODE_SOURCES, sourcesOf } from './sources';

test('any source is every one of the contract, and every role has sources', () => {
  expect(ANY_SOURCE.toSorted()).toEqual(Source.options.toSorted());
  expect(Object.keys(NODE_SOURCES).toSorted()).toEqual(Role.options.toSorted());
});

test('rooms are as old as Redis where it is set up, else as the list of the API, never as the fresher of both', () => {
  expect(sourcesOf('rooms', [{ source: 'redis' }, { source: 'livekit' }])).toEqual(['redis']);
  expect(sourcesOf('rooms', [{ source: 'livekit' }])).toEqual(['livekit']);
  expect(sourcesOf('any', [])).toBe(ANY_SOURCE);
  expect(sourcesOf('master', [])).not.toContain('redis');
});

test('the lists stand once, and bring nothing else onto a page', async () => {
  const root = path.resolve(import.meta.dirname, '../..');
  const read = (file: string) => readFile(path.join(root, file), 'utf8');
  expect(await read('lib/rules/sources.ts')).not.toMatch(/^import (?!type )/m);
  for (const file of ['components/live/node-clock.ts', 'lib/core/inventory/node-views.ts', 'lib/core/observe/read-clocks.ts'])
    expect(await read(file), file).not.toMatch(/'(?:presence|sentinel)',/);
});
