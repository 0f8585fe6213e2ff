'use client';

import { CopyText } from '@/components/ui/copy';
import { sudoersLines } from '@/lib/rules/sudoers';
import { SETTINGS_DEFAULTS } from './defaults';
import type { Values } from './fields';

const FILE = '/etc/sudoers.d/signalbox';

/** What read-only mode needs on every node, for the user and the folder that are typed now. */
export function SudoersView({ values }: { values: Values }) {
  const user = (values['ssh.user'] ?? '').trim() || 'root';
  const installDir = (values.installDir ?? '').trim() || SETTINGS_DEFAULTS.installDir;
  if (user === 'root')
    return (
      <p className="text-soft text-sm">
        Give a user other than root to see the lines that this user needs in <code className="font-mono">{FILE}</code>: read only,
        root needs none.
      </p>
    );
  return (
    <div className="flex flex-col gap-1.5">
      <p>
        Read only runs these commands by sudo, and no other. Write them to <code className="font-mono">{FILE}</code> on every node
        (<code className="font-mono">visudo -f {FILE}</code>):
      </p>
      <div role="region" aria-label="Lines for sudoers">
        <CopyText block text={sudoersLines(user, { installDir }).join('\n')} label="Copy the lines" />
      </div>
    </div>
  );
}
