import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Problem } from '@/lib/contract/problem';
import { ADMIN, DEPLOYMENT, ORIGIN, testWeb, type Web } from '@/test/web';
import { handleApi } from './api';
import { handleHealthz, handleReadyz } from './health';
import { createRuntime, type Runtime } from './runtime';
import { handleAuth } from './sign-in';
import { handleStream } from './stream/handle';

/** Between the web process and Postgres: can be cut as a server that was killed is, and come back on the same port. */
class Wire {
  private readonly sockets = new Set<Socket>();
  private server: Server | undefined;
  port = 0;
  constructor(private readonly target: { host: string; port: number }) {}
  async up(): Promise<void> {
    this.server = createServer((near) => {
      const far = connect(this.target);
      for (const [a, b] of [
        [near, far],
        [far, near],
      ] as const) {
        this.sockets.add(a);
        a.pipe(b);
        a.on('error', () => b.destroy());
        a.on('close', () => (this.sockets.delete(a), b.destroy()));
      }
    });
    await new Promise<void>((resolve) => this.server?.listen(this.port, '127.0.0.1', resolve));
    const address = this.server.address();
    if (typeof address === 'object' && address) this.port = address.port;
  }
  /** As behind a firewall that drops: nothing is refused, nothing answers. */
  hang(): void {
    for (const socket of this.sockets) socket.unpipe();
    for (const socket of this.sockets) socket.pause();
    this.server?.removeAllListeners('connection');
    this.server?.on('connection', (socket) => void this.sockets.add(socket));
  }
  async cut(): Promise<void> {
    const closed = new Promise((resolve) => this.server?.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}

let web: Web;
let wire: Wire;
let rt: Runtime;
let token: string;
let cookie: string;
beforeAll(async () => {
  web = await testWeb();
  token = await web.token('admin');
  await web.administrator();
  cookie = await web.signIn();
  const url = new URL(web.database.webUrl);
  wire = new Wire({ host: url.hostname, port: Number(url.port) });
  await wire.up();
  rt = createRuntime({ ...web.rt.env, DATABASE_URL: web.database.webUrl.replace(`:${url.port}/`, `:${wire.port}/`) });
});
afterAll(async () => {
  await wire.cut();
  await rt.close();
  await web.close();
});

const request = (path: string, init: RequestInit = {}) =>
  new Request(ORIGIN + path, { ...init, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' } });
const signIn = () =>
  new Request(`${ORIGIN}/api/auth/sign-in/email`, {
    method: 'POST',
    body: JSON.stringify(ADMIN),
    headers: { 'content-type': 'application/json' },
  });
const list = () => handleApi(rt, request('/api/v1/deployments'));

test(
  'without a database the API says unavailable, the process lives, and all recovers by itself, the open stream without loss',
  { timeout: 60_000 },
  async () => {
    expect((await list()).status).toBe(200);
    expect((await handleReadyz(rt)).status).toBe(200);
    const stream = await handleStream(rt, request('/api/v1/stream'));
    const reader = stream.body?.getReader();
    let text = '';
    void (async () => {
      for (;;) {
        const chunk = await reader?.read().catch(() => undefined);
        if (!chunk || chunk.done) return;
        text += new TextDecoder().decode(chunk.value);
      }
    })();
    await vi.waitUntil(() => text.includes('event: clocks'), { timeout: 5_000 });

    await wire.cut();
    const answers = [
      await list(),
      await handleApi(rt, new Request(`${ORIGIN}/api/v1/me`, { headers: { cookie } })),
      await handleAuth(rt, signIn()),
      await handleApi(rt, request('/api/v1/deployments', { method: 'POST', body: JSON.stringify(DEPLOYMENT) })),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).toBe('2');
      const problem = Problem.parse(await answer.json());
      expect(problem.type).toBe('/problems/unavailable');
      expect(JSON.stringify(problem)).not.toMatch(/ECONN|prisma|postgres|127\.0\.0\.1/i);
    }
    expect(handleHealthz().status).toBe(200);
    const notReady = await handleReadyz(rt);
    expect([notReady.status, await notReady.json()]).toEqual([
      503,
      { status: 'unavailable', checks: { database: 'does not answer', migrations: 'unknown' } },
    ]);
    // Written by others while this process was cut off.
    const rows = JSON.stringify([{ kind: 'node.down', severity: 'critical', sentence: 'while nobody listened' }]);
    await web.worker.$queryRaw`SELECT append_event(${rows}::jsonb)::text`;

    await wire.up();
    await vi.waitUntil(async () => (await list()).status === 200, { timeout: 15_000, interval: 100 });
    expect((await handleReadyz(rt)).status).toBe(200);
    await vi.waitUntil(() => text.includes('while nobody listened'), { timeout: 15_000 });
    await reader?.cancel();
  },
);

test(
  'a database that neither answers nor refuses is unavailable within the bound, and is used again when it is back',
  { timeout: 60_000 },
  async () => {
    const hanging = createRuntime({ ...rt.env }, { queryTimeoutMs: 700 });
    const ask = () => handleApi(hanging, request('/api/v1/deployments'));
    expect((await ask()).status).toBe(200);
    wire.hang();
    const started = performance.now();
    const answer = await ask();
    expect([answer.status, Problem.parse(await answer.json()).type]).toEqual([503, '/problems/unavailable']);
    expect(performance.now() - started).toBeLessThan(8_000);
    await wire.cut();
    await wire.up();
    await vi.waitUntil(async () => (await ask()).status === 200, { timeout: 15_000, interval: 100 });
    await hanging.close();
  },
);
