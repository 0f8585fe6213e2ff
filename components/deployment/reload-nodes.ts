import { useQueryClient } from '@tanstack/react-query';
import { orpc } from '@/components/live/client';

/** After an act on the inventory. */
export function useReloadNodes(slug: string) {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: orpc.nodes.key({ input: { slug } }) });
}
