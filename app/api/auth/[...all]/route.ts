import { runtime } from '@/lib/server/runtime';
import { handleAuth } from '@/lib/server/sign-in';

export const dynamic = 'force-dynamic';

const serve = (request: Request) => handleAuth(runtime(), request);
export { serve as GET, serve as POST };
