import { createHash } from 'node:crypto';
import { betterAuth } from 'better-auth';
import { prismaAdapter } from 'better-auth/adapters/prisma';
import type { Logger } from 'pino';
import type { Db } from '@/lib/db/client';
import type { Environment } from './environment';
import { errorWords } from './log';
import { publicOrigins } from './same-origin';

const DAY = 24 * 3600;

/** Sign-in by e-mail and password, sessions in the database. There is no sign-up: set-up links and commands make people. */
export function createAuth(db: Db, env: Environment, log: Logger) {
  const secure = env.SIGNALBOX_PUBLIC_URL?.startsWith('https:') ?? false;
  return betterAuth({
    database: prismaAdapter(db, { provider: 'postgresql' }),
    secret: env.SIGNALBOX_SECRET,
    baseURL: env.SIGNALBOX_PUBLIC_URL ?? 'http://127.0.0.1',
    basePath: '/api/auth',
    trustedOrigins: (request) => (request ? publicOrigins(request.headers, env) : []),
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 12, maxPasswordLength: 200 },
    user: { modelName: 'user', additionalFields: { scope: { type: 'string', input: false, required: false } } },
    session: { modelName: 'authSession', expiresIn: 7 * DAY, updateAge: DAY, cookieCache: { enabled: false } },
    account: { modelName: 'authAccount', accountLinking: { enabled: false } },
    verification: { modelName: 'authVerification' },
    rateLimit: { enabled: true, storage: 'database', modelName: 'authRateLimit', window: 60, max: 200 },
    advanced: {
      cookiePrefix: cookiePrefix(env),
      useSecureCookies: secure,
      // The launcher's gate sets this header from the socket, whatever a client wrote into it.
      ipAddress: { ipAddressHeaders: ['x-forwarded-for'] },
    },
    telemetry: { enabled: false },
    logger: {
      level: 'warn',
      log: (level, message, ...rest) => {
        const error = rest.find((r) => r instanceof Error);
        log[level === 'error' ? 'error' : level === 'warn' ? 'warn' : 'debug'](
          { ...(error && { err: errorWords(error) }) },
          `sign-in: ${message}`,
        );
      },
    },
  });
}
export type Auth = ReturnType<typeof createAuth>;

/** Cookies know no ports: two installations on one host would sign each other out, so the name carries the address. */
export function cookiePrefix(env: Environment): string {
  const of = env.SIGNALBOX_PUBLIC_URL ? new URL(env.SIGNALBOX_PUBLIC_URL).host : env.SIGNALBOX_SECRET;
  return `signalbox-${createHash('sha256').update(of).digest('hex').slice(0, 8)}`;
}
