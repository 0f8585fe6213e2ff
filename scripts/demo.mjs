// npm run demo: Signalbox beside a whole deployment with live rooms, all on this machine; Ctrl-C ends all of it.
import { fail, prepare, runTypeScript } from './prepare.mjs';
import { describeMissing, ensurePrograms, LAB } from './system-packages.mjs';

try {
  const missing = ensurePrograms(LAB);
  if (missing.length > 0)
    process.stderr.write(`Not here, so the lab does without or says that it cannot start: ${describeMissing(missing)}\n`);
  await prepare({ build: true });
  const { demo } = await runTypeScript('./demo/demo.ts');
  await demo();
} catch (error) {
  fail(error);
}
