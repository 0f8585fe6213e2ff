import { expect, test } from 'vitest';
import { Slug } from '@/lib/contract/names';
import { slugFrom } from './slug';

test.each([
  ['Production', 'production'],
  ['Köln Süd (prod)', 'koln-sud-prod'],
  ['  --a--  ', 'a'],
  ['名前', 'deployment'],
  ['<script>', 'script'],
  [`'; DROP TABLE x; --`, 'drop-table-x'],
  ['x'.repeat(100), 'x'.repeat(55)],
  [`${'x'.repeat(54)} y`, 'x'.repeat(54)],
])('a slug is made of any name: %s', (name, slug) => {
  expect(slugFrom(name)).toBe(slug);
  expect(Slug.safeParse(slug).success).toBe(true);
});
