import { Age } from '@/components/live/age';
import { Panel } from '@/components/ui/section';
import type { NodeDetail } from '@/lib/contract/inventory';

export function Starts({ starts }: { starts: NodeDetail['incarnations'] }) {
  if (starts.length === 0) return <p className="text-soft">LiveKit was not seen on this node yet.</p>;
  const sorted = [...starts].sort((a, b) => b.firstSeenAt.localeCompare(a.firstSeenAt));
  return (
    <Panel>
      <ul aria-label="Starts">
        {sorted.map((start) => (
          <li
            key={start.livekitNodeId}
            className="border-line flex flex-wrap items-baseline gap-x-6 border-b px-3 py-1.5 last:border-0"
          >
            <code className="font-mono text-sm">{start.livekitNodeId}</code>
            <span>
              started <Age at={start.startedAt ?? start.firstSeenAt} />
            </span>
            <span className="text-soft">
              {start.endedAt ? (
                <>
                  ended <Age at={start.endedAt} />
                </>
              ) : (
                'runs now'
              )}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
