import { systemContext, type Context } from '@/lib/core/context';
import { createAdministrator, createSetupLink, setupState } from '@/lib/core/access/setup';
import { openDb } from '@/lib/db/client';
import type { LaunchSettings } from './settings';

/** Runs verbs as Signalbox itself: whoever may run commands on this machine may do all. */
export async function asSystem<T>(url: string, work: (ctx: Context) => Promise<T>): Promise<T> {
  const { db, close } = openDb(url, { max: 2 });
  try {
    return await work(systemContext(db, 'command on the machine'));
  } finally {
    await close();
  }
}

interface First {
  /** The web role's connection. */
  database: string;
  url: string;
  settings: LaunchSettings;
}

/** While there is nobody who could sign in: the administrator of the settings, or a one-time link. @returns what to tell the operator */
export async function firstAdministrator({ database, url, settings }: First): Promise<string[]> {
  return asSystem(database, async (ctx) => {
    const { needed } = await setupState({ ctx, input: undefined });
    if (!needed) return [];
    const { SIGNALBOX_ADMIN_EMAIL: email, SIGNALBOX_ADMIN_PASSWORD: password } = settings;
    if (email && password) {
      await createAdministrator({ ctx, input: { email, password } });
      return [`Sign in as ${email} with the password of SIGNALBOX_ADMIN_PASSWORD.`];
    }
    return setupLines(url, await createSetupLink({ ctx }));
  });
}

export function setupLines(url: string, { token, expiresAt }: { token: string; expiresAt: Date }): string[] {
  const hours = Math.round((expiresAt.getTime() - Date.now()) / 3_600_000);
  return [`Make the administrator with this link, which works once and for ${hours} hours:`, `  ${url}/setup?token=${token}`];
}
