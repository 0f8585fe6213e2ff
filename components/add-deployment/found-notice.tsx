import { Button } from '@/components/ui/button';
import { Facts } from '@/components/ui/section';
import { Notice } from '@/components/ui/notice';
import { plural } from '@/components/ui/format';
import type { DiscoverResult } from '@/lib/contract/tasks';

const LAYOUTS = { cluster: 'config/cluster, shared by all nodes', 'per-node': 'files of each node (3.0)' };

/** What the discovery saw, in front of the fields that it filled. */
export function FoundNotice({ result, onAgain }: { result: DiscoverResult; onAgain: () => void }) {
  const { version, modules, configLayout, rtcEngine } = result.detected;
  const masters = result.settings.masters?.length ?? 0;
  return (
    <Notice
      tone="work"
      role="status"
      className="mb-4"
      title={`Found ${plural(masters, 'master')} and ${plural(result.mediaNodes.length, 'media node')}. Look it over, then add it.`}
      actions={<Button onClick={onAgain}>Discover again</Button>}
    >
      <Facts
        className="mt-1.5"
        items={[
          { term: 'Version', value: version ?? 'unknown' },
          { term: 'Modules', value: modules.length > 0 ? modules.join(', ') : 'unknown' },
          { term: 'Config', value: configLayout ? LAYOUTS[configLayout] : 'unknown' },
          { term: 'RTC engine', value: rtcEngine ?? 'unknown' },
          { term: 'Secrets', value: `${result.secretsFound.length} found and sealed; no one has seen them` },
        ]}
      />
      {result.notes.length > 0 && (
        <ul className="mt-2 list-disc pl-4">
          {result.notes.map((n) => (
            <li key={n}>{n}</li>
          ))}
        </ul>
      )}
    </Notice>
  );
}
