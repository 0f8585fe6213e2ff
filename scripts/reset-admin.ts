import { createSetupLink } from '@/lib/core/access/setup';
import { asSystem, setupLines } from './launcher/administrator';
import { withDatabase } from './launcher/with-database';

/** A one-time link that makes an administrator, or gives one that is there a new password and ends its sessions. */
export async function resetAdmin() {
  const lines = await withDatabase(({ connections, url }) =>
    asSystem(connections.web, async (ctx) =>
      setupLines(url ?? process.env.SIGNALBOX_PUBLIC_URL ?? 'http://127.0.0.1:3000', await createSetupLink({ ctx })),
    ),
  );
  console.log(lines.join('\n'));
}
