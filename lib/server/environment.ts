import { z } from 'zod';

/**
 * What the web process reads from its environment; scripts/launcher sets it. It gets its own database role's URL and the
 * public half of the sealing key, never the private one.
 */
const Environment = z.object({
  DATABASE_URL: z.string().min(1, 'the URL of the database, role signalbox_web'),
  SIGNALBOX_SECRET: z.string().min(32, 'at least 32 characters: signs sessions'),
  SIGNALBOX_SEALING_PUBLIC: z.string().min(1, 'the text of sealing.pub'),
  /** How browsers reach Signalbox; without it any host name that reaches the port is taken. */
  SIGNALBOX_PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  SIGNALBOX_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
});
export type Environment = z.infer<typeof Environment>;

/** @throws Error that names each missing variable and never its value */
export function readEnvironment(env: NodeJS.ProcessEnv = process.env): Environment {
  const parsed = Environment.safeParse(env);
  if (parsed.success) return parsed.data;
  throw new Error(
    `The web process cannot start: ${parsed.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; ')}`,
  );
}
