import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Keys } from './keys';
import type { Program } from './processes';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What every program of this machine needs and holds no secret of ours. */
const PASSED_ON =
  /^(PATH|HOME|USER|LANG|LC_.*|TZ|TMPDIR|NODE_OPTIONS|NODE_EXTRA_CA_CERTS|SSL_CERT_.*|(HTTPS?|NO)_PROXY|(https?|no)_proxy)$/;
/** Settings of the product that web and worker read themselves; credentials are given to one of them by name below. */
const OF_PRODUCT = /^SIGNALBOX_(?!.*(SECRET|PASSWORD|KEY|DATABASE_URL|TLS))/;

function basis(env: NodeJS.ProcessEnv): Record<string, string> {
  const kept = Object.entries(env).filter(
    (e): e is [string, string] => e[1] !== undefined && (PASSED_ON.test(e[0]) || OF_PRODUCT.test(e[0])),
  );
  return { ...Object.fromEntries(kept), NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' };
}

interface WebOptions {
  env: NodeJS.ProcessEnv;
  /** The one name that browsers use; undefined: any that reaches the port. */
  publicUrl: string | undefined;
  port: number;
  database: string;
  keys: Keys;
}

/** The console: it seals secrets with the public key and cannot open one. */
export function webProgram({ env, publicUrl, port, database, keys }: WebOptions): Program {
  const cwd = path.join(root, '.next', 'standalone');
  return {
    name: 'web',
    args: [path.join(cwd, 'server.js')],
    cwd,
    env: {
      ...basis(env),
      HOSTNAME: '127.0.0.1',
      PORT: String(port),
      DATABASE_URL: database,
      ...(publicUrl ? { SIGNALBOX_PUBLIC_URL: publicUrl } : {}),
      SIGNALBOX_SECRET: keys.sessionSecret,
      SIGNALBOX_SEALING_PUBLIC: keys.sealingPublic,
    },
    graceMs: 5_000,
  };
}

/** The worker: it alone has the key that opens secrets. */
export function workerProgram({ env, database, keys }: Pick<WebOptions, 'env' | 'database' | 'keys'>): Program {
  return {
    name: 'worker',
    args: ['--import', 'tsx', path.join(root, 'worker', 'main.ts')],
    cwd: root,
    env: { ...basis(env), DATABASE_URL: database, SIGNALBOX_SEALING_KEY_FILE: keys.sealingKeyFile },
    graceMs: 15_000,
  };
}
