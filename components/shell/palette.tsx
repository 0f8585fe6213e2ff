'use client';

import { useQueries } from '@tanstack/react-query';
import { Command } from 'cmdk';
import { useRouter } from 'next/navigation';
import { useState, type ReactNode } from 'react';
import { orpc } from '@/components/live/client';
import { Dialog } from '@/components/ui/dialog';
import { nodeMark, STATUS_MARKS, type Mark } from '@/components/ui/marks';
import { StateMark } from '@/components/ui/state-mark';
import { ADD_HREF, API_REFERENCE, FLEET, sectionsOf, SETTINGS } from './sections';
import { useDeployments } from './use-deployments';

/** Nodes of so many deployments are fetched when the palette opens. */
const NODES_OF = 8;

export interface PaletteProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  slug: string | null;
}

/** Fetched with the first ⌘K. */
export function Palette({ open, onOpenChange, slug }: PaletteProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Jump to">
      <Choices slug={slug} done={() => onOpenChange(false)} />
    </Dialog>
  );
}

/** Every word must be there as typed: with addresses, what is merely similar is the wrong machine. */
function containsAll(value: string, search: string): number {
  const text = value.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
    ? 1
    : 0;
}

function Choices({ slug, done }: { slug: string | null; done: () => void }) {
  const router = useRouter();
  const [text, setText] = useState('');
  const deployments = useDeployments().data?.items ?? [];
  const near = [...deployments].sort((a, b) => Number(b.slug === slug) - Number(a.slug === slug)).slice(0, NODES_OF);
  const nodes = useQueries({ queries: near.map((d) => orpc.nodes.list.queryOptions({ input: { slug: d.slug } })) });
  const go = (href: string) => () => {
    done();
    router.push(href);
  };
  return (
    <Command label="Jump to" loop filter={containsAll} className="-mx-4 -my-3">
      <Command.Input
        autoFocus
        value={text}
        onValueChange={setText}
        placeholder="Deployment, node or page"
        className="border-line h-11 w-full border-b bg-transparent px-4 text-lg outline-none"
      />
      <Command.List className="max-h-[46dvh] overflow-y-auto p-2">
        <Command.Empty className="text-soft px-2 py-4">Nothing has that name.</Command.Empty>
        <Group heading="Deployments">
          {deployments.map((d) => (
            <Choice
              key={d.slug}
              value={`deployment ${d.name} ${d.slug}`}
              mark={STATUS_MARKS[d.status]}
              onSelect={go(`/d/${d.slug}`)}
            >
              {d.name}
            </Choice>
          ))}
        </Group>
        <Group heading="Nodes">
          {near.flatMap((d, i) =>
            (nodes[i]?.data?.items ?? []).map((node) => (
              <Choice
                key={`${d.slug}/${node.name}`}
                value={`node ${node.name} ${node.address} ${d.slug}`}
                mark={nodeMark(node)}
                onSelect={go(`/d/${d.slug}/nodes/${encodeURIComponent(node.name)}`)}
              >
                <span className="font-mono">{node.name}</span>
                <span className="text-soft">
                  {node.address} · {d.name}
                </span>
              </Choice>
            )),
          )}
        </Group>
        <Group heading="Pages">
          {[FLEET, ...(slug ? sectionsOf(slug) : []), SETTINGS, API_REFERENCE].map((section) => (
            <Choice key={section.href} value={`page ${section.label}`} onSelect={go(section.href)}>
              {section.label}
            </Choice>
          ))}
          <Choice value="page add a deployment" onSelect={go(ADD_HREF)}>
            Add a deployment
          </Choice>
        </Group>
      </Command.List>
    </Command>
  );
}

function Group({ heading, children }: { heading: string; children: ReactNode }) {
  return (
    <Command.Group
      heading={heading}
      className="[&_[cmdk-group-heading]]:text-soft [&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:py-1 [&_[cmdk-group-heading]]:text-sm"
    >
      {children}
    </Command.Group>
  );
}

function Choice({ value, mark, onSelect, children }: { value: string; mark?: Mark; onSelect: () => void; children: ReactNode }) {
  return (
    <Command.Item
      value={value}
      onSelect={onSelect}
      className="data-[selected=true]:bg-hover flex h-8 cursor-pointer items-center gap-2 rounded-md px-2"
    >
      {mark && <StateMark mark={mark} short />}
      {children}
    </Command.Item>
  );
}
