'use client';

import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { orpc } from '@/components/live/client';
import { explain } from '@/components/live/problem';
import { Button } from '@/components/ui/button';
import { preloadDialog } from '@/components/ui/dialog';
import { MISSING, UNDECLARED } from '@/components/ui/marks';
import { Panel, Section } from '@/components/ui/section';
import { StateMark } from '@/components/ui/state-mark';
import { toast } from '@/components/ui/toast';
import { useLazy } from '@/components/ui/use-lazy';
import type { NodeView } from '@/lib/contract/inventory';
import type { ForgetDialogProps } from './forget-dialog';
import { useReloadNodes } from './reload-nodes';

/** What was found and not declared, and what is declared and not found. Nothing is drawn when both agree. */
export function Drift({ slug, nodes }: { slug: string; nodes: NodeView[] }) {
  const drifted = nodes.filter((node) => node.drift !== 'none');
  if (drifted.length === 0) return null;
  return (
    <Section title="Drift" lead="Where what was found differs from what is declared.">
      <Panel>
        <ul aria-label="Drift">
          {drifted.map((node) => (
            <li
              key={node.name}
              className="border-line flex flex-wrap items-center gap-x-3 gap-y-1 border-b px-3 py-1.5 last:border-0"
            >
              <StateMark mark={node.drift === 'undeclared' ? UNDECLARED : MISSING} className="w-28 shrink-0" />
              <span className="min-w-0 flex-1 basis-64">
                <span className="font-medium">{node.name}</span> <span className="font-mono text-sm">{node.address}</span>:{' '}
                {node.drift === 'undeclared'
                  ? 'it was found and serves, but nobody declared it.'
                  : 'it is declared, but no source has seen it lately.'}
              </span>
              {node.drift === 'undeclared' ? <Declare slug={slug} node={node} /> : <Forget slug={slug} node={node} />}
            </li>
          ))}
        </ul>
      </Panel>
    </Section>
  );
}

function Declare({ slug, node }: { slug: string; node: NodeView }) {
  const reload = useReloadNodes(slug);
  const declare = useMutation(
    orpc.nodes.declare.mutationOptions({
      onSuccess: () => {
        toast(`${node.name} is declared.`);
        return reload();
      },
    }),
  );
  return (
    <span className="flex flex-wrap items-center gap-2">
      {declare.error && <Refused error={declare.error} />}
      <Button busy={declare.isPending} onClick={() => declare.mutate({ slug, name: node.name, address: node.address })}>
        Declare {node.name}
      </Button>
    </span>
  );
}

const fetchForget = () => import('./forget-dialog').then((m) => m.ForgetDialog);

function Forget({ slug, node }: { slug: string; node: NodeView }) {
  const [open, setOpen] = useState(false);
  const { Part, load } = useLazy<ForgetDialogProps>(fetchForget);
  const prepare = () => {
    load();
    preloadDialog();
  };
  return (
    <>
      <Button
        onPointerEnter={prepare}
        onFocus={prepare}
        onClick={() => {
          prepare();
          setOpen(true);
        }}
      >
        Forget {node.name}
      </Button>
      {Part && <Part slug={slug} name={node.name} open={open} onOpenChange={setOpen} />}
    </>
  );
}

function Refused({ error }: { error: unknown }) {
  const { title, advice } = explain(error);
  return (
    <span role="alert" className="text-down text-sm">
      {title} {advice}
    </span>
  );
}
