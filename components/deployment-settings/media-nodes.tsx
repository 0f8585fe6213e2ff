'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { useRef, useState } from 'react';
import { problemOf } from '@/components/deployment-form/refusal';
import { client, orpc } from '@/components/live/client';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Field, Input } from '@/components/ui/field';
import { type Mark, MISSING, nodeMark, UNDECLARED } from '@/components/ui/marks';
import { Empty, Notice, TableSkeleton } from '@/components/ui/notice';
import { Section } from '@/components/ui/section';
import { StateMark } from '@/components/ui/state-mark';
import type { NodeView } from '@/lib/contract/inventory';

const DECLARED: Mark = { shape: '◆', word: 'declared', tone: 'text-up', rank: 5 };
const driftMark = (n: NodeView): Mark => (n.drift === 'undeclared' ? UNDECLARED : n.drift === 'missing' ? MISSING : DECLARED);

/** Declared against found. What was found can be declared, what vanished can be forgotten. */
export function MediaNodes({ slug }: { slug: string }) {
  const queries = useQueryClient();
  const list = useQuery(orpc.nodes.list.queryOptions({ input: { slug } }));
  const [forgetting, setForgetting] = useState<NodeView | null>(null);
  const reload = () => queries.invalidateQueries({ queryKey: orpc.nodes.key() });
  const declare = useMutation({
    mutationFn: (node: { name?: string; address: string }) => client.nodes.declare({ slug, ...node }),
    onSuccess: reload,
  });
  const forget = useMutation({
    mutationFn: (node: string) => client.nodes.forget({ slug, node }),
    onSuccess: async () => {
      setForgetting(null);
      await reload();
    },
  });
  const media = (list.data?.items ?? []).filter((n) => n.role === 'media');
  const problem = forget.error ? problemOf(forget.error) : null;
  return (
    <Section
      id="media-nodes"
      title="Media nodes"
      lead="They are found through Redis. A declared node that is not found is missed, and said to be."
      className="border-line border-t py-5"
    >
      {list.isPending ? (
        <TableSkeleton rows={3} label="the media nodes" />
      ) : media.length === 0 ? (
        <Empty title="No media node is known.">Check the links to Redis and the masters, or declare the first one below.</Empty>
      ) : (
        <ul className="border-line bg-panel rounded-lg border">
          {media.map((n) => (
            <li
              key={n.name}
              className="border-line flex flex-wrap items-center gap-x-4 gap-y-1 border-b px-3 py-1.5 last:border-0"
            >
              <Link href={`/d/${slug}/nodes/${encodeURIComponent(n.name)}`} className="min-w-32 font-medium hover:underline">
                {n.name}
              </Link>
              <span className="text-soft min-w-32 font-mono text-sm">{n.address}</span>
              <StateMark mark={nodeMark(n)} className="min-w-24" />
              <StateMark mark={driftMark(n)} />
              <span className="ml-auto flex gap-2">
                {n.drift === 'undeclared' && (
                  <Button
                    busy={declare.isPending && declare.variables.address === n.address}
                    aria-label={`Declare ${n.name}`}
                    onClick={() => declare.mutate({ name: n.name, address: n.address })}
                  >
                    Declare
                  </Button>
                )}
                {n.drift === 'missing' && (
                  <Button aria-label={`Forget ${n.name}`} onClick={() => setForgetting(n)}>
                    Forget
                  </Button>
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
      <DeclareForm busy={declare.isPending} error={declare.error} onDeclare={(node) => declare.mutateAsync(node)} />
      {forgetting && (
        <ConfirmDialog
          open
          onOpenChange={(open) => !open && setForgetting(null)}
          title={`Forget ${forgetting.name}`}
          act={`Forget ${forgetting.name}`}
          typed={forgetting.name}
          busy={forget.isPending}
          error={problem ? `${problem.title}. ${problem.detail}` : null}
          onConfirm={() => forget.mutate(forgetting.name)}
        >
          <p>
            It is no longer expected, and its figures are no longer shown. Should it come back, it appears again as not declared.
          </p>
        </ConfirmDialog>
      )}
    </Section>
  );
}

function DeclareForm(props: {
  busy: boolean;
  error: unknown;
  onDeclare: (node: { name?: string; address: string }) => Promise<unknown>;
}) {
  const [name, setName] = useState('');
  const [address, setAddress] = useState('');
  const first = useRef<HTMLInputElement>(null);
  const problem = props.error ? problemOf(props.error) : null;
  const at = (field: string) => problem?.errors?.find((e) => e.field === field)?.detail;
  const placed = Boolean(at('name') ?? at('address'));
  return (
    <form
      noValidate
      className="mt-3 flex flex-col gap-2"
      onSubmit={(e) => {
        e.preventDefault();
        if (props.busy) return;
        props
          .onDeclare({ ...(name.trim() && { name: name.trim() }), address: address.trim() })
          .then(() => {
            setName('');
            setAddress('');
          })
          .catch(() => first.current?.focus());
      }}
    >
      <div className="flex flex-wrap items-start gap-3">
        <Field label="Address of a media node" error={at('address')} className="w-full sm:w-56">
          {(a) => (
            <Input
              {...a}
              ref={first}
              value={address}
              className="font-mono"
              autoComplete="off"
              spellCheck={false}
              onChange={(e) => setAddress(e.target.value)}
            />
          )}
        </Field>
        <Field label="Name" optional error={at('name')} className="w-full sm:w-56">
          {(a) => (
            <Input
              {...a}
              value={name}
              className="font-mono"
              autoComplete="off"
              spellCheck={false}
              onChange={(e) => setName(e.target.value)}
            />
          )}
        </Field>
        <Button type="submit" busy={props.busy} className="sm:mt-6.5">
          Declare the node
        </Button>
      </div>
      {problem && !placed && (
        <Notice tone="down" role="alert" title={`${problem.title}.`}>
          {problem.detail}
        </Notice>
      )}
    </form>
  );
}
