'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useCallback, useRef } from 'react';
import { Reasons } from '@/components/deployment/reasons';
import { Age, useStaleMark } from '@/components/live/age';
import { orpc } from '@/components/live/client';
import { nodeFreshness } from '@/components/live/node-clock';
import { HEALTH_MARKS, MISSING, STAGE_MARKS, UNDECLARED } from '@/components/ui/marks';
import { Skeleton, TableSkeleton } from '@/components/ui/notice';
import { PageHeader, Section } from '@/components/ui/section';
import { StateMark } from '@/components/ui/state-mark';
import { TroubleNotice } from '@/components/ui/trouble';
import type { NodeDetail } from '@/lib/contract/inventory';
import { HostFacts } from './host-facts';
import { NodeCharts } from './node-charts';
import { NodeWork } from './node-work';
import { Services } from './services';
import { Signals } from './signals';
import { Starts } from './starts';

/** What does it do, can I take it away? */
export function NodePage({ slug, node }: { slug: string; node: string }) {
  const query = useQuery(orpc.nodes.get.queryOptions({ input: { slug, node } }));
  const { data } = query;
  if (!data) {
    return (
      <>
        <PageHeader title={node} above={<Above slug={slug} />}>
          {!query.error && <Skeleton className="h-5 w-96 max-w-full" />}
        </PageHeader>
        {query.error ? (
          <TroubleNotice error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <TableSkeleton label="node" rows={8} />
        )}
      </>
    );
  }
  const media = data.role !== 'master';
  return (
    <>
      <Header slug={slug} node={data} />
      {data.reasons.length > 0 && <Reasons reasons={data.reasons} />}
      {media && <NodeWork slug={slug} node={data} />}
      <Section title="Services" lead="The containers of this node.">
        <Services services={data.services} />
      </Section>
      <NodeCharts slug={slug} node={data.name} media={media} />
      <Section title="Signals" lead="How each source last answered for this node, and what to do where it does not.">
        <Signals slug={slug} signals={data.signals} />
      </Section>
      <Section title="Host">
        <HostFacts node={data} />
      </Section>
      {media && (
        <Section title="Starts" lead="LiveKit takes a new id at each start.">
          <Starts starts={data.incarnations} />
        </Section>
      )}
    </>
  );
}

const ROLES = { master: 'Master node', media: 'Media node', merged: 'Master and media node' };

function Above({ slug, node }: { slug: string; node?: NodeDetail }) {
  return (
    <>
      <Link href={`/d/${slug}`} className="hover:text-ink hover:underline">
        {slug}
      </Link>
      {node && (
        <>
          {' '}
          · {ROLES[node.role]} · <span className="font-mono">{node.address}</span>
        </>
      )}
    </>
  );
}

function Header({ slug, node }: { slug: string; node: NodeDetail }) {
  const box = useRef<HTMLDivElement>(null);
  const isStale = useCallback(() => nodeFreshness(slug, node).stale, [slug, node]);
  const at = useCallback(() => nodeFreshness(slug, node).asOf, [slug, node]);
  useStaleMark(box, isStale);
  return (
    <div ref={box}>
      <PageHeader title={node.name} above={<Above slug={slug} node={node} />}>
        <p className="flex flex-wrap items-baseline gap-x-3">
          {(node.stage !== 'unknown' || node.health === 'unknown') && (
            <StateMark mark={STAGE_MARKS[node.stage]} className="font-semibold" />
          )}
          {!(node.health === 'unknown' && node.stage === 'unknown') && (
            <StateMark mark={HEALTH_MARKS[node.health]} className="font-semibold" />
          )}
          {node.drift === 'undeclared' && <StateMark mark={UNDECLARED} />}
          {node.drift === 'missing' && <StateMark mark={MISSING} />}
          <span>{node.sentence}</span>
        </p>
        <p className="text-soft mt-1 text-base">
          {node.stageSince && node.stage !== 'unknown' && (
            <>
              {STAGE_MARKS[node.stage].word} <Age at={node.stageSince} form="for" /> ·{' '}
            </>
          )}
          {node.since && (
            <>
              {HEALTH_MARKS[node.health].word} <Age at={node.since} form="for" /> ·{' '}
            </>
          )}
          {node.desired === 'stopped' && 'kept stopped on purpose · '}
          <Age at={at} form="as-of" never="never read" />
        </p>
      </PageHeader>
    </div>
  );
}
