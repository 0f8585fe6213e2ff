import { Button } from '@/components/ui/button';

/** Under a table whose rows are still on the server in part. */
export function MoreFoot({ loaded, busy, onMore }: { loaded: number; busy: boolean; onMore: () => void }) {
  return (
    <p role="status" className="text-soft mt-2 flex items-center gap-3 text-sm">
      {loaded.toLocaleString('en')} loaded; the rest comes as you scroll.
      <Button busy={busy} onClick={onMore}>
        Load more
      </Button>
    </p>
  );
}
