// npm run restore -- FILE [--replace]: puts a backup in place (docs/backup.md).
import path from 'node:path';
import { fail, prepare, runTypeScript } from './prepare.mjs';

try {
  const file = process.argv.slice(2).find((argument) => !argument.startsWith('--'));
  if (!file) throw new Error('which backup? npm run restore -- FILE [--replace]');
  const source = path.resolve(process.env.INIT_CWD ?? '.', file);
  await prepare();
  const { restore } = await runTypeScript('./backup/restore.ts');
  await restore(source, process.argv.includes('--replace'));
} catch (error) {
  fail(error);
}
