// npm start: Signalbox with its own Postgres, web and worker, from a fresh clone (docs/install.md).
import { fail, prepare, runTypeScript } from './prepare.mjs';

try {
  await prepare({ build: true });
  const { start } = await runTypeScript('./launcher/start.ts');
  await start();
} catch (error) {
  fail(error);
}
