import { handleApi } from '@/lib/server/api';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

const serve = (request: Request) => handleApi(runtime(), request);
export { serve as GET, serve as POST, serve as PATCH, serve as PUT, serve as DELETE };
