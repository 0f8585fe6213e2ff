/** Run by `npx tsx components/live/generate-contract.ts`: the browser needs methods and paths only, not the 32 kB of zod. */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { contractJson } from './contract-json';

await writeFile(fileURLToPath(new URL('contract.json', import.meta.url)), contractJson());
