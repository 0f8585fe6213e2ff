'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/field';
import { Notice } from '@/components/ui/notice';
import { plural } from '@/components/ui/format';
import type { CheckStep } from '@/lib/contract/tasks';

export type SeenKey = { endpoint: string; algorithm: string; fingerprint: string; state?: 'pinned' | 'new' | 'changed' };

/** Keys that steps of a task showed and that nobody confirmed yet. */
export const unconfirmedKeys = (steps: CheckStep[]): SeenKey[] =>
  steps.flatMap((s) => (s.hostKey && s.hostKey.state !== 'pinned' ? [s.hostKey] : []));

/** File of the public key on the node, as OpenSSH names it; the same command compares it there. */
export function fingerprintCommand(algorithm: string): string {
  const kind = /ed25519/.test(algorithm)
    ? 'ed25519'
    : /ecdsa/.test(algorithm)
      ? 'ecdsa'
      : /dss|dsa/.test(algorithm)
        ? 'dsa'
        : 'rsa';
  return `ssh-keygen -lf /etc/ssh/ssh_host_${kind}_key.pub`;
}

interface ConfirmKeysProps {
  keys: SeenKey[];
  busy: boolean;
  /** What happens after it, such as "Confirm 5 keys". */
  act?: string;
  onConfirm: () => void;
}

/** Fingerprints to compare with the nodes themselves. One confirmation for all; a changed key is named as such. */
export function ConfirmKeys({ keys, busy, act, onConfirm }: ConfirmKeysProps) {
  const [compared, setCompared] = useState(false);
  const changed = keys.filter((k) => k.state === 'changed');
  return (
    <div className="flex flex-col gap-3">
      {changed.length > 0 && (
        <Notice tone="down" role="alert" title={`${plural(changed.length, 'host key')} changed since it was confirmed.`}>
          Either the machine was set up anew, or something stands between Signalbox and it. Nothing is sent to it until you
          confirm the new key.
        </Notice>
      )}
      <KeyTable keys={keys} />
      <p className="text-soft text-sm">
        Compare each with what the node itself prints:{' '}
        {[...new Set(keys.map((k) => fingerprintCommand(k.algorithm)))].map((c) => (
          <code key={c} className="text-ink mr-2 font-mono">
            {c}
          </code>
        ))}
      </p>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <Checkbox
          label={keys.length === 1 ? 'I compared this fingerprint' : `I compared these ${keys.length} fingerprints`}
          checked={compared}
          onChange={(e) => setCompared(e.target.checked)}
        />
        <Button kind="primary" busy={busy} guard={compared ? null : 'Compare the fingerprints first.'} onClick={onConfirm}>
          {act ?? `Confirm ${plural(keys.length, 'host key')}`}
        </Button>
      </div>
    </div>
  );
}

const words = { pinned: 'confirmed', new: 'new', changed: 'changed' };

export function KeyTable({ keys }: { keys: SeenKey[] }) {
  return (
    <div className="border-line overflow-x-auto rounded-lg border" tabIndex={0} role="region" aria-label="Host keys">
      <table className="w-full text-left">
        <thead className="text-soft text-sm">
          <tr>
            <th className="px-3 py-1.5 font-medium">Endpoint</th>
            <th className="px-3 py-1.5 font-medium">Key</th>
            <th className="px-3 py-1.5 font-medium">Fingerprint</th>
          </tr>
        </thead>
        <tbody>
          {keys.map((k) => (
            <tr key={`${k.endpoint} ${k.fingerprint}`} className="border-line border-t">
              <td className="px-3 py-1.5 font-mono text-sm whitespace-nowrap">{k.endpoint}</td>
              <td className="text-soft px-3 py-1.5 text-sm whitespace-nowrap">
                {k.algorithm.replace(/^ssh-/, '')}
                {k.state && <span className={k.state === 'changed' ? 'text-down' : ''}>, {words[k.state]}</span>}
              </td>
              <td className="px-3 py-1.5 font-mono text-sm break-all">{k.fingerprint}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
