import { runtime } from '@/lib/server/runtime';
import { handleStream } from '@/lib/server/stream/handle';

export const dynamic = 'force-dynamic';

export const GET = (request: Request) => handleStream(runtime(), request);
/** Said here, or Next makes HEAD of GET by itself. */
export const HEAD = (request: Request) => handleStream(runtime(), request);
