import http from 'node:http';
import https from 'node:https';
import { tlsOptions, type TlsChoice } from './tls';

export type HttpAnswer = { status: number; body: string; cut: boolean };

/**
 * One request that ends within `timeoutMs` whatever the other side does, follows no redirect and holds at most `limit`
 * bytes of the answer (`cut`: there was more).
 * @throws Error with the socket's code; ETIMEDOUT when it took too long
 */
export function httpRequest(
  url: URL,
  options: {
    method?: 'GET' | 'POST';
    headers?: Record<string, string>;
    body?: string;
    tls: TlsChoice;
    timeoutMs: number;
    limit: number;
    signal?: AbortSignal;
  },
): Promise<HttpAnswer> {
  const { method = 'GET', headers, body, tls, timeoutMs, limit, signal } = options;
  const secure = url.protocol === 'https:';
  return new Promise((resolve, reject) => {
    const onAnswer = (response: http.IncomingMessage) => {
      const chunks: Buffer[] = [];
      let size = 0;
      let cut = false;
      const finish = () =>
        settle(() => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString(), cut }));
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk.subarray(0, limit - size));
        size += chunk.length;
        if (size <= limit) return;
        cut = true;
        finish();
      });
      response.once('end', finish);
      response.once('error', (error) => settle(() => reject(error)));
      response.once('aborted', () => settle(() => reject(coded('ECONNRESET'))));
    };
    const common = { method, headers, agent: false as const, ...(body === undefined ? {} : { body }) };
    const request = secure
      ? https.request(url, { ...common, ...tlsOptions(tls) }, onAnswer)
      : http.request(url, common, onAnswer);
    const timer = setTimeout(() => settle(() => reject(coded('ETIMEDOUT'))), timeoutMs);
    const onAbort = () => settle(() => reject(coded('ABORT_ERR')));
    let settled = false;
    function settle(act: () => void) {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      act();
      request.destroy();
    }
    if (signal?.aborted) return onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    request.on('error', (error) => settle(() => reject(error)));
    request.end(body);
  });
}

const coded = (code: string) => Object.assign(new Error(code), { code });
