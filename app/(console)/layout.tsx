import type { ReactNode } from 'react';
import { Console } from '@/components/shell/console';
import { requireSession } from '@/lib/server/session';

/** Refuses the anonymous before anything is drawn; the API refuses them again at every request. */
export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  await requireSession();
  return <Console>{children}</Console>;
}
