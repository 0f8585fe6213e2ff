import pino, { type DestinationStream, type Logger } from 'pino';

/** JSON lines on stdout. Nothing that entered in a request is logged: no body, no query, no header. */
export function openLog(level: string, to?: DestinationStream): Logger {
  const options = {
    level,
    base: { process: 'web' },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: errorWords },
  };
  return to ? pino(options, to) : pino(options);
}

/**
 * An error without what it was called with: messages of the database client may quote values, so only their first line
 * with a code is kept for those.
 */
export function errorWords(error: unknown): { name: string; message: string; code?: string; stack?: string } {
  if (!(error instanceof Error)) return { name: 'unknown', message: typeof error };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const fromPrisma = error.name.startsWith('Prisma') || error.name === 'DriverAdapterError';
  const stack = error.stack
    ?.split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n');
  return { name: error.name, message: fromPrisma ? 'a query failed' : error.message, code, stack };
}
