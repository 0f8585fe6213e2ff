import { InvalidInput, Refusal, Unauthenticated } from '@/lib/core/errors';
import { answering, identified } from '../request';
import type { Runtime } from '../runtime';

/**
 * GET /api/v1/stream; HEAD opens no reader, which would hold its place though nobody reads. `no-transform` keeps Next from
 * compressing it, which would hold events back and cost memory.
 */
export function handleStream(rt: Runtime, request: Request): Promise<Response> {
  return answering(rt, request, async (handled) => {
    handled.route = 'stream';
    const { actor, credential } = await identified(rt, handled);
    if (!actor || !credential) throw new Unauthenticated();
    const after = positionOf(request);
    const body = request.method === 'HEAD' ? null : await rt.hub.open(credential, after);
    if (!body && request.method !== 'HEAD') throw new Refusal('unavailable', 'Too many streams are open in this process.');
    return new Response(body, {
      headers: {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-cache, no-store, no-transform',
        'x-accel-buffering': 'no',
      },
    });
  });
}

function positionOf(request: Request): bigint | null {
  const given = request.headers.get('last-event-id') ?? new URL(request.url).searchParams.get('lastEventId');
  if (given === null || given === '') return null;
  if (/^\d{1,18}$/.test(given)) return BigInt(given);
  throw new InvalidInput([{ field: 'lastEventId', detail: 'not an id of this stream' }]);
}
