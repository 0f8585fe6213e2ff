import { hostname, userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { createToken } from '@/lib/core/access/tokens';
import { asSystem } from './launcher/administrator';
import { withDatabase } from './launcher/with-database';

const USAGE = 'npm run token -- --scope read|operate|admin [--name NAME] [--days N | --days never]';

/** The token alone goes to stdout, so that a script can take it. */
export async function token() {
  const { values } = parseArgs({
    options: { scope: { type: 'string' }, name: { type: 'string' }, days: { type: 'string', default: '90' } },
  });
  if (!values.scope) throw new Error(`which scope? ${USAGE}`);
  const expiresInDays = values.days === 'never' ? null : Number(values.days);
  const input = { name: values.name ?? `${userInfo().username}@${hostname()}`, scope: values.scope, expiresInDays };
  const made = await withDatabase(({ connections }) => asSystem(connections.web, (ctx) => createToken({ ctx, input })));
  process.stdout.write(`${made.token}\n`);
}
