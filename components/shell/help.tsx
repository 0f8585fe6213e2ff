'use client';

import { Dialog } from '@/components/ui/dialog';

const KEYS: [keys: string, act: string][] = [
  ['⌘K or Ctrl K', 'jump to a deployment, a node or a page'],
  ['/', 'filter the table of the page'],
  ['j and k', 'next and previous row; Enter opens it'],
  ['g f', 'fleet'],
  ['g d', 'overview of the deployment'],
  ['g n', 'its nodes'],
  ['g r', 'its rooms'],
  ['g e and g i', 'its egress and ingress'],
  ['g v', 'its events'],
  ['g l', 'its links and settings'],
  ['g s and g a', 'settings of Signalbox, and its API'],
  ['Esc', 'close what is open'],
];

export interface HelpProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Fetched with the first `?`. */
export function Help({ open, onOpenChange }: HelpProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Keyboard" description="Keys work when no field has the focus.">
      <dl className="grid grid-cols-[max-content_1fr] gap-x-6 gap-y-1.5">
        {KEYS.map(([keys, act]) => (
          <div key={keys} className="contents">
            <dt className="font-mono">{keys}</dt>
            <dd className="text-soft">{act}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
