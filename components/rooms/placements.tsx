import Link from 'next/link';
import { Age } from '@/components/live/age';
import { span } from '@/components/ui/format';
import { Empty } from '@/components/ui/notice';
import type { PlacementView } from '@/lib/contract/workload';
import type { z } from 'zod';

type Placement = z.infer<typeof PlacementView>;

/** The newest first: where it is now, then where it came from. */
export function Placements({ slug, placements }: { slug: string; placements: Placement[] }) {
  if (placements.length === 0) return <Empty title="Its node was never seen." />;
  return (
    <ol className="border-line bg-panel rounded-lg border">
      {[...placements].reverse().map((p) => (
        <li
          key={`${p.livekitNodeId} ${p.from}`}
          className="border-line flex flex-wrap gap-x-4 gap-y-0.5 border-b px-3 py-1.5 last:border-0"
        >
          <span className="min-w-32 font-medium">
            {p.node ? (
              <Link href={`/d/${slug}/nodes/${encodeURIComponent(p.node)}`} className="underline-offset-2 hover:underline">
                {p.node}
              </Link>
            ) : (
              'a node not known'
            )}
          </span>
          <span className="text-soft font-mono text-sm">{p.livekitNodeId}</span>
          <span className="ml-auto">
            <Age at={p.from} />
            {p.to ? (
              <span className="text-soft">, for {span(Date.parse(p.to) - Date.parse(p.from))}</span>
            ) : (
              <span className="text-soft">, until now</span>
            )}
          </span>
        </li>
      ))}
    </ol>
  );
}
