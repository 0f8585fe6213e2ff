'use client';

import { useQuery } from '@tanstack/react-query';
import { orpc } from '@/components/live/client';
import type { TaskView } from '@/lib/contract/tasks';

const POLL_MS = 500;
export const isOver = (task: TaskView): boolean => task.status === 'done' || task.status === 'failed';

/** A task of the worker with its steps as they finish; asked each 500 ms while it runs, and not after. */
export function useTask(id: string | null) {
  return useQuery({
    ...orpc.tasks.get.queryOptions({ input: { id: id ?? '' } }),
    enabled: id !== null,
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data && isOver(state.data) ? false : POLL_MS),
  });
}
