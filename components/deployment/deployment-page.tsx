'use client';

import { useQuery } from '@tanstack/react-query';
import { useCallback, useRef } from 'react';
import { Age, useStaleMark } from '@/components/live/age';
import { orpc } from '@/components/live/client';
import { freshnessOf } from '@/components/live/node-clock';
import { ButtonLink } from '@/components/ui/button';
import { count } from '@/components/ui/format';
import { STATUS_MARKS } from '@/components/ui/marks';
import { Skeleton, TableSkeleton } from '@/components/ui/notice';
import { PageHeader, Section } from '@/components/ui/section';
import { StateMark } from '@/components/ui/state-mark';
import { TroubleNotice } from '@/components/ui/trouble';
import type { DeploymentDetail } from '@/lib/contract/inventory';
import { Drift } from './drift';
import { MediaNodes } from './media-nodes';
import { Quorum } from './quorum';
import { Reasons } from './reasons';
import { Sources } from './sources';

/** What is wrong here, who is affected, since when? */
export function DeploymentPage({ slug }: { slug: string }) {
  const input = { slug };
  const deployment = useQuery(orpc.deployments.get.queryOptions({ input }));
  const nodes = useQuery(orpc.nodes.list.queryOptions({ input }));

  if (!deployment.data) {
    if (!deployment.error) return <DeploymentSkeleton slug={slug} />;
    return (
      <>
        <PageHeader title={slug} />
        <TroubleNotice error={deployment.error} onRetry={() => void deployment.refetch()} />
      </>
    );
  }
  const { data } = deployment;
  const masters = nodes.data?.items.filter((n) => n.role !== 'media') ?? [];
  return (
    <>
      <Header deployment={data} />
      {data.reasons.length > 0 && <Reasons reasons={data.reasons} />}
      <Section
        title="Quorum"
        lead="Each service of the master nodes: how many are up, how many it needs, and what their loss means."
      >
        <Quorum slug={slug} matrix={data.quorum} masters={masters} />
      </Section>
      <Section id="nodes" title="Media nodes">
        {nodes.data ? (
          <MediaNodes slug={slug} nodes={nodes.data.items} />
        ) : nodes.error ? (
          <TroubleNotice error={nodes.error} onRetry={() => void nodes.refetch()} />
        ) : (
          <TableSkeleton label="media nodes" rows={3} />
        )}
      </Section>
      {nodes.data && <Drift slug={slug} nodes={nodes.data.items} />}
      <Sources slug={slug} clocks={data.clocks} />
    </>
  );
}

function Header({ deployment }: { deployment: DeploymentDetail }) {
  const { slug, name, status, sentence, since, counts, detected, platform, asOf, stale } = deployment;
  const box = useRef<HTMLDivElement>(null);
  const isStale = useCallback(() => freshnessOf(slug, { asOf, stale }).stale, [slug, asOf, stale]);
  const at = useCallback(() => freshnessOf(slug, { asOf, stale }).asOf, [slug, asOf, stale]);
  useStaleMark(box, isStale);
  const above = [
    PLATFORMS[platform],
    detected.version ? `OpenVidu ${detected.version}` : 'version unknown',
    deployment.settings.domain,
  ];
  return (
    <div ref={box}>
      <PageHeader
        title={name}
        above={above.filter(Boolean).join(' · ')}
        actions={<ButtonLink href={`/d/${slug}/settings`}>Links and settings</ButtonLink>}
      >
        <p className="flex flex-wrap items-baseline gap-x-2">
          <StateMark mark={STATUS_MARKS[status]} className="font-semibold" />
          <span>{sentence}</span>
        </p>
        <p className="text-soft mt-1 text-base">
          <span className="live-figure text-ink">{workOf(counts)}</span>
          {since && (
            <>
              {' '}
              · {STATUS_MARKS[status].word} <Age at={since} form="for" />
            </>
          )}{' '}
          · <Age at={at} form="as-of" never="never read" />
        </p>
      </PageHeader>
    </div>
  );
}

/** Unknown is said, never shown as zero. */
function workOf({ rooms, participants, egress, ingress }: DeploymentDetail['counts']): string {
  if (rooms === null && participants === null) return 'Rooms and people are not known';
  return `${count(rooms)} rooms · ${count(participants)} people · ${count(egress)} egress · ${count(ingress)} ingress`;
}

const PLATFORMS: Record<DeploymentDetail['platform'], string> = {
  onprem: 'On-premises',
  aws: 'AWS',
  azure: 'Azure',
  gcp: 'Google Cloud',
  oci: 'Oracle Cloud',
  enterprise: 'OpenVidu Enterprise 2',
};

function DeploymentSkeleton({ slug }: { slug: string }) {
  return (
    <>
      <PageHeader title={slug} above="Loading">
        <Skeleton className="h-5 w-96 max-w-full" />
        <Skeleton className="mt-2 h-4 w-72 max-w-full" />
      </PageHeader>
      <Section title="Quorum">
        <TableSkeleton label="quorum" rows={8} />
      </Section>
      <Section title="Media nodes">
        <TableSkeleton label="media nodes" rows={3} />
      </Section>
    </>
  );
}
