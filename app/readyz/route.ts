import { handleReadyz } from '@/lib/server/health';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = () => handleReadyz(runtime());
