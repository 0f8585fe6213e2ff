import { Refusal } from '@/lib/core/errors';

const LIMIT_BYTES = 1024 * 1024;

/**
 * The body of a write, read once and bounded, so that nothing else has to care. GET, HEAD: ''.
 * @throws Refusal body-too-large, unsupported-media-type, malformed-request
 */
export async function readJsonBody(request: Request): Promise<string> {
  if (request.method === 'GET' || request.method === 'HEAD' || !request.body) return '';
  if (Number(request.headers.get('content-length') ?? 0) > LIMIT_BYTES) throw tooLarge();
  const text = await readBounded(request.body);
  if (text === '') return '';
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') {
    throw new Refusal('unsupported-media-type', 'Send the body as JSON, with "Content-Type: application/json".');
  }
  try {
    JSON.parse(text);
  } catch {
    // The parser's own words would quote the body.
    throw new Refusal('malformed-request', 'The body is not JSON.');
  }
  return text;
}

async function readBounded(body: ReadableStream<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > LIMIT_BYTES) {
      await reader.cancel();
      throw tooLarge();
    }
    chunks.push(value);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const tooLarge = () => new Refusal('body-too-large', 'The body is larger than 1 MB.');
