'use client';

import { useQuery } from '@tanstack/react-query';
import { orpc } from '@/components/live/client';
import { STATUS_MARKS } from '@/components/ui/marks';
import type { DeploymentView } from '@/lib/contract/inventory';

/** All deployments: the fleet page, the switcher and the palette share one query. */
export function useDeployments() {
  return useQuery(orpc.deployments.list.queryOptions({ input: { limit: 1000 } }));
}

/** Nodes that need a look. Unknown is not trouble by itself, but it is not well either. */
export const troubled = ({ counts }: DeploymentView) => counts.down + counts.unstable;

/** Lower is worse: by status, then by how many nodes are in trouble. */
export const troubleRank = (d: DeploymentView) => STATUS_MARKS[d.status].rank * 10_000 - Math.min(9_999, troubled(d));
