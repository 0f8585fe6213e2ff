// npm run token -- --scope read: an API token for scripts (docs/api.md).
import { fail, prepare, runTypeScript } from './prepare.mjs';

try {
  await prepare();
  const { token } = await runTypeScript('./token.ts');
  await token();
} catch (error) {
  fail(error);
}
