import { handleApi } from '@/lib/server/api';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

/** Outside of /api/v1 and /api/auth there is nothing: the answer is the same problem document as there. */
const serve = (request: Request) => handleApi(runtime(), request);
export { serve as GET, serve as POST, serve as PATCH, serve as PUT, serve as DELETE };
