// npm run build: everything that npm start needs of this checkout, for an account that may not write to it later.
import { fail, prepare } from './prepare.mjs';

await prepare({ build: true }).catch(fail);
