import { X509Certificate } from 'node:crypto';
import { createServer, request, Agent, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { readFile } from 'node:fs/promises';
import { watchFile, unwatchFile } from 'node:fs';
import { pipeline } from 'node:stream';
import type { BlockList } from 'node:net';
import { clientAddress } from './proxies';

interface GateOptions {
  host: string;
  /** undefined: 3000, or the next free one. */
  port: number | undefined;
  /** Where the console listens, on 127.0.0.1. */
  upstreamPort: number;
  tls: { certFile: string; keyFile: string } | undefined;
  trusted: BlockList;
  log: (line: string) => void;
}

export interface Gate {
  port: number;
  scheme: 'http' | 'https';
  /** With TLS: by the first name of the certificate, which browsers will accept. */
  certifiedUrl: string | undefined;
  close: () => Promise<void>;
}

const DEFAULT_PORT = 3000;
const TRIES = 100;

/**
 * The one port that Signalbox listens on, in front of the console: it ends TLS, says who the client is (so that no client can say
 * so itself), keeps the port while the console restarts, and passes bodies and event streams on as they come.
 * @throws when the given port is taken or no certificate can be read.
 */
export async function openGate(options: GateOptions): Promise<Gate> {
  const { host, port, tls, log } = options;
  const pass = passer(options);
  const pair = tls && (await certificate(tls));
  const server = pair ? createTlsServer(pair, pass) : createServer(pass);
  server.requestTimeout = 0; // event streams and slow uploads; headers still have a minute
  server.on('upgrade', (_request, socket) => socket.destroy());

  const taken: number[] = [];
  for (let wanted = port ?? DEFAULT_PORT; ; wanted += 1) {
    const failure = await listen(server, host, wanted);
    if (!failure) break;
    if (failure.code !== 'EADDRINUSE') throw new Error(`Signalbox cannot listen on ${host} port ${wanted}: ${failure.message}`);
    if (port !== undefined)
      throw new Error(
        `Port ${port} on ${host} is taken by another program. Choose another with PORT, or leave PORT unset to get the next free one.`,
      );
    taken.push(wanted);
    if (taken.length === TRIES)
      throw new Error(`Ports ${DEFAULT_PORT} to ${wanted} on ${host} are all taken. Choose one with PORT.`);
  }
  const address = server.address();
  const bound = typeof address === 'object' && address ? address.port : 0;
  if (taken.length > 0)
    log(`Port ${taken.join(', ')} is taken by another program, so Signalbox listens on ${bound} (PORT chooses).`);

  const reload = () => {
    if (!tls || !('setSecureContext' in server)) return;
    certificate(tls).then(
      (fresh) => (server.setSecureContext(fresh), log('the renewed certificate is in use')),
      (error: unknown) => log(`the renewed certificate is not used: ${String(error)}`),
    );
  };
  if (tls) watchFile(tls.certFile, { interval: 30_000, persistent: false }, reload);
  return {
    port: bound,
    scheme: tls ? 'https' : 'http',
    certifiedUrl: pair && nameOf(pair.cert, bound),
    close: () => {
      if (tls) unwatchFile(tls.certFile, reload);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections(); // event streams would never end by themselves
      return closed;
    },
  };
}

function listen(
  server: ReturnType<typeof createServer> | ReturnType<typeof createTlsServer>,
  host: string,
  port: number,
): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException) => resolve(error);
    server.once('error', failed);
    server.listen(port, host, () => {
      server.off('error', failed);
      resolve(undefined);
    });
  });
}

async function certificate({ certFile, keyFile }: { certFile: string; keyFile: string }) {
  const read = (name: string, file: string) =>
    readFile(file).catch((error: unknown) => {
      throw new Error(`${name} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    });
  return { cert: await read('SIGNALBOX_TLS_CERT', certFile), key: await read('SIGNALBOX_TLS_KEY', keyFile) };
}

function nameOf(cert: Buffer, port: number): string | undefined {
  const names = [...(new X509Certificate(cert).subjectAltName ?? '').matchAll(/DNS:([^,\s*]+)(?=,|$)/g)].map((match) => match[1]);
  return names[0] && `https://${names[0]}${port === 443 ? '' : `:${port}`}`;
}

/** Headers of one hop (RFC 9110 7.6.1): each side has its own. */
const ONE_HOP = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'te', 'trailer', 'upgrade']);

function passer({ upstreamPort, tls, trusted }: GateOptions): RequestListener {
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
  return (incoming, outgoing) => {
    const headers = forwarded(incoming, tls ? 'https' : 'http', trusted);
    const upstream = request({
      host: '127.0.0.1',
      port: upstreamPort,
      method: incoming.method,
      path: incoming.url,
      headers,
      agent,
    });
    upstream.once('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.statusMessage, withoutHop(answer.rawHeaders));
      outgoing.flushHeaders(); // the first event of a stream may come much later
      pipeline(answer, outgoing, () => undefined);
    });
    upstream.once('error', () => unavailable(outgoing));
    outgoing.once('close', () => upstream.destroy()); // a reader who left frees its stream
    pipeline(incoming, upstream, () => undefined);
  };
}

function forwarded(incoming: IncomingMessage, scheme: 'http' | 'https', trusted: BlockList) {
  const headers = Object.fromEntries(Object.entries(incoming.headers).filter(([name]) => !ONE_HOP.has(name)));
  const { address, fromProxy } = clientAddress(incoming.socket.remoteAddress ?? '', incoming.headers['x-forwarded-for'], trusted);
  return {
    ...headers,
    // Only a body that announces its length keeps it; one in chunks is sent in chunks again.
    ...(incoming.headers['transfer-encoding'] ? { 'transfer-encoding': 'chunked' } : {}),
    'x-forwarded-for': address,
    'x-forwarded-proto': (fromProxy && incoming.headers['x-forwarded-proto']) || scheme,
    'x-forwarded-host': (fromProxy && incoming.headers['x-forwarded-host']) || incoming.headers.host || '',
  };
}

function withoutHop(raw: string[]): string[] {
  return raw.filter((_, i) => !ONE_HOP.has((raw[i - (i % 2)] ?? '').toLowerCase()));
}

function unavailable(outgoing: ServerResponse) {
  if (outgoing.headersSent) return void outgoing.destroy();
  outgoing.writeHead(503, { 'content-type': 'application/problem+json', 'retry-after': '1', 'cache-control': 'no-store' });
  outgoing.end(
    JSON.stringify({
      type: 'about:blank',
      status: 503,
      title: 'Signalbox is starting',
      detail: 'The console is not up yet; try again in a moment.',
    }),
  );
}
