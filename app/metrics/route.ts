import { handleMetrics } from '@/lib/server/metrics';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = (request: Request) => handleMetrics(runtime(), request);
