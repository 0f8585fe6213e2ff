import { Notice } from '@/components/ui/notice';
import type { Refused } from './use-form';

/** What the server refused, beside the button that was pressed; the fields say their own part. */
export function RefusedView({ refused }: { refused: Refused | null }) {
  if (!refused) return null;
  return (
    <Notice tone="down" role="alert" title={refused.title}>
      {refused.detail && <p>{refused.detail}</p>}
      {refused.elsewhere.length > 0 && (
        <ul className="list-disc pl-4">
          {refused.elsewhere.map((e) => (
            <li key={`${e.field} ${e.detail}`}>
              {e.field && <code className="font-mono text-sm">{e.field}</code>} {e.detail}
            </li>
          ))}
        </ul>
      )}
    </Notice>
  );
}
