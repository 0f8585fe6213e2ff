// npm run backup -- FILE: database and keys in one file (docs/backup.md).
import path from 'node:path';
import { fail, prepare, runTypeScript } from './prepare.mjs';

try {
  const [file] = process.argv.slice(2);
  if (!file) throw new Error('where to? npm run backup -- FILE');
  const target = path.resolve(process.env.INIT_CWD ?? '.', file); // npm changes to the checkout, the caller meant its own folder
  await prepare();
  const { backup } = await runTypeScript('./backup/backup.ts');
  await backup(target);
} catch (error) {
  fail(error);
}
