// npm run reset-admin: the way back in for who lost the administrator's password.
import { fail, prepare, runTypeScript } from './prepare.mjs';

try {
  await prepare();
  const { resetAdmin } = await runTypeScript('./reset-admin.ts');
  await resetAdmin();
} catch (error) {
  fail(error);
}
