import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemContext } from '@/lib/core/context';
import { createAdministrator } from '@/lib/core/access/setup';
import { createToken } from '@/lib/core/access/tokens';
import type { Scope } from '@/lib/contract/names';
import { openDb, type Db } from '@/lib/db/client';
import { generateSealingKeys, loadOpener, type Opener } from '@/lib/db/seal';
import { handleApi } from '@/lib/server/api';
import { createRuntime, type Runtime } from '@/lib/server/runtime';
import { handleAuth } from '@/lib/server/sign-in';
import { handleStream } from '@/lib/server/stream/handle';
import { testDatabase } from './database';

export const ORIGIN = 'http://signalbox.test:3000';
export const ADMIN = { email: 'ada@example.org', name: 'Ada', password: 'correct horse battery' };

type Init = {
  method?: string;
  body?: unknown;
  headers?: Record<string, string>;
  token?: string;
  cookie?: string;
  signal?: AbortSignal;
};
export type Web = Awaited<ReturnType<typeof testWeb>>;

/** The web side without Next: the fetch handlers over a database of their own, with the web role's rights. */
export async function testWeb() {
  const database = await testDatabase();
  const dir = await mkdtemp(path.join(tmpdir(), 'signalbox-web-'));
  const keys = await generateSealingKeys(dir);
  const rt: Runtime = createRuntime({
    DATABASE_URL: database.webUrl,
    SIGNALBOX_SECRET: 'a secret of the tests, long enough',
    SIGNALBOX_SEALING_PUBLIC: await readFile(keys.publicFile, 'utf8'),
    SIGNALBOX_PUBLIC_URL: ORIGIN,
    SIGNALBOX_LOG_LEVEL: 'silent',
  });
  const worker = openDb(database.workerUrl);
  const owner = openDb(database.url);
  const fetchIt = (address: string, { method = 'GET', body, headers = {}, token, cookie, signal }: Init = {}) => {
    const request = new Request(ORIGIN + address, {
      method,
      headers: {
        host: new URL(ORIGIN).host,
        'x-forwarded-for': '192.0.2.7',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token && { authorization: `Bearer ${token}` }),
        ...(cookie && { cookie, origin: ORIGIN, 'sec-fetch-site': 'same-origin' }),
        ...headers,
      },
      body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
      signal,
    });
    if (address.startsWith('/api/auth/')) return handleAuth(rt, request);
    if (address.startsWith('/api/v1/stream')) return handleStream(rt, request);
    return handleApi(rt, request);
  };
  return {
    rt,
    database,
    /** The worker's role: writes what is observed. */
    worker: worker.db as Db,
    /** Sees and may do everything; for looking at rows. */
    owner: owner.db as Db,
    /** As a worker's beat does: without one, tasks are refused. */
    workerSeen: (seenAt = new Date()) =>
      worker.db.workerInstance.upsert({
        where: { id: 'w' },
        create: { id: 'w', host: 'h', pid: 1, startedAt: seenAt, seenAt },
        update: { seenAt },
      }),
    opener: (): Promise<Opener> => loadOpener(keys.privateFile),
    fetch: fetchIt,
    administrator: () => createAdministrator({ ctx: systemContext(rt.db), input: ADMIN }),
    token: async (scope: Scope, name: string = scope) =>
      (await createToken({ ctx: systemContext(rt.db), input: { name, scope } })).token,
    /** @returns the Cookie header of a new session */
    signIn: async (who: { email: string; password: string } = ADMIN) => {
      const answer = await fetchIt('/api/auth/sign-in/email', { method: 'POST', body: who, headers: { origin: ORIGIN } });
      return answer.headers
        .getSetCookie()
        .map((c) => c.split(';')[0])
        .join('; ');
    },
    close: async () => {
      await rt.close();
      await worker.close();
      await owner.close();
      await database.drop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** A deployment that is right in every field. */
export const DEPLOYMENT = {
  name: 'Production',
  livekitUrl: 'https://meet.example.org',
  livekitApiKey: 'APIdemo',
  masters: ['10.0.0.11', '10.0.0.12', '10.0.0.13', '10.0.0.14'],
  ssh: { user: 'root' },
  mediaNodes: [{ address: '10.0.0.21' }, { address: '10.0.0.22', name: 'left' }],
};
