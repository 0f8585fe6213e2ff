import { headers } from 'next/headers';
import type { ReactNode } from 'react';
import { Console } from '@/components/shell/console';
import { requireSession } from '@/lib/server/session';

/** Refuses the anonymous before anything is drawn; the API refuses them again at every request. */
export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  await requireSession((await headers()).get('x-signalbox-path') ?? undefined);
  return <Console>{children}</Console>;
}
