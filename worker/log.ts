import pino, { type Logger } from 'pino';

export type Log = Logger;

/** JSON lines on stdout. Nothing secret is ever handed to it; keys that could carry one are masked all the same. */
export function makeLog(level: string): Log {
  const secret = ['password', 'secret', 'key', 'passphrase', 'privateKey', 'authorization', 'token', 'sealed', 'secrets'];
  return pino({
    level,
    base: { process: 'worker', pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: secret.flatMap((k) => [k, `*.${k}`, `*.*.${k}`]), censor: '***' },
    serializers: { error: errorOf, err: errorOf },
  });
}

/** Message and code only: the stack of a driver's error may quote what was sent. */
function errorOf(error: unknown): { message: string; code?: string } {
  if (!(error instanceof Error)) return { message: String(error) };
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  return { message: error.message.slice(0, 500).replace(/(\w+:\/\/[^:/\s]+:)[^@\s]+@/g, '$1***@'), ...code };
}
