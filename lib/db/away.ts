/** Codes of Prisma, Postgres (SQLSTATE) and the socket that say: no database, rather than a wrong query. */
const AWAY = new Set([
  ...['P1001', 'P1002', 'P1008', 'P1011', 'P1017', 'P2024', 'P2028'],
  ...['57P01', '57P02', '57P03', '08000', '08001', '08003', '08006', '53300'],
  ...['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'ENOTFOUND', 'EHOSTUNREACH'],
]);
const WORDS =
  /connection terminated|query read timeout|timeout exceeded when trying to connect|server closed the connection|can't reach database|the database system is/i;

/** Whether an error means that the database does not answer (it recovers by itself), looked up through its causes. */
export function isDatabaseAway(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > 5) return false;
  const { code, originalCode, message, cause, meta } = error as Record<string, unknown>; // read only as unknown
  if ([code, originalCode].some((c) => typeof c === 'string' && AWAY.has(c))) return true;
  if (typeof message === 'string' && WORDS.test(message)) return true;
  const inner = typeof meta === 'object' && meta !== null && 'driverAdapterError' in meta ? meta.driverAdapterError : undefined;
  return isDatabaseAway(cause, depth + 1) || isDatabaseAway(inner, depth + 1);
}
