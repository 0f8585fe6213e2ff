import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const text = z.string().trim().min(1);
const environment = z
  .object({
    HOST: text.default('127.0.0.1'),
    PORT: z.coerce.number().int().min(1).max(65_535).optional(),
    DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'DATABASE_URL is no postgres:// address' }).optional(),
    SIGNALBOX_WEB_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
    SIGNALBOX_WORKER_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
    SIGNALBOX_PUBLIC_URL: z.url({ protocol: /^https?$/, error: 'SIGNALBOX_PUBLIC_URL is no http(s):// address' }).optional(),
    SIGNALBOX_TRUSTED_PROXIES: text.optional(),
    SIGNALBOX_TLS_CERT: text.optional(),
    SIGNALBOX_TLS_KEY: text.optional(),
    SIGNALBOX_SECRET: text.optional(),
    SIGNALBOX_SECRET_FILE: text.optional(),
    SIGNALBOX_ADMIN_EMAIL: z.email('SIGNALBOX_ADMIN_EMAIL is no e-mail address').optional(),
    SIGNALBOX_ADMIN_PASSWORD: z.string().min(12, 'SIGNALBOX_ADMIN_PASSWORD needs at least 12 characters').optional(),
  })
  .refine(
    (e) => Boolean(e.SIGNALBOX_TLS_CERT) === Boolean(e.SIGNALBOX_TLS_KEY),
    'give both SIGNALBOX_TLS_CERT and SIGNALBOX_TLS_KEY',
  )
  .refine(
    (e) => Boolean(e.SIGNALBOX_ADMIN_EMAIL) === Boolean(e.SIGNALBOX_ADMIN_PASSWORD),
    'give both SIGNALBOX_ADMIN_EMAIL and SIGNALBOX_ADMIN_PASSWORD',
  );

/** What an operator may set (docs/settings.md). */
export type LaunchSettings = z.infer<typeof environment>;

/** @throws with one sentence a mistake. An empty variable counts as not set. */
export async function readLaunchSettings(env: NodeJS.ProcessEnv): Promise<LaunchSettings> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = environment.safeParse(given);
  if (!parsed.success) throw new Error(parsed.error.issues.map(sentence).join('; '));
  const { SIGNALBOX_SECRET, SIGNALBOX_SECRET_FILE } = parsed.data;
  if (!SIGNALBOX_SECRET && SIGNALBOX_SECRET_FILE) {
    const read = await readFile(SIGNALBOX_SECRET_FILE, 'utf8').catch((error: unknown) => {
      throw new Error(`SIGNALBOX_SECRET_FILE cannot be read: ${String(error)}`);
    });
    return { ...parsed.data, SIGNALBOX_SECRET: read.trim() };
  }
  return parsed.data;
}

function sentence({ path, message }: z.core.$ZodIssue): string {
  const name = path.join('.');
  return name === '' || message.includes(name) ? message : `${name}: ${message}`;
}
