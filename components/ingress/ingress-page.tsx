'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useCallback } from 'react';
import { Age } from '@/components/live/age';
import { client, orpc } from '@/components/live/client';
import { MoreFoot } from '@/components/workload/more-foot';
import { plural } from '@/components/ui/format';
import { Empty, TableSkeleton } from '@/components/ui/notice';
import { PageHeader } from '@/components/ui/section';
import { StateMark } from '@/components/ui/state-mark';
import type { Column } from '@/components/ui/table/columns';
import { DataTable } from '@/components/ui/table/data-table';
import { None } from '@/components/ui/table/table-row';
import { useTableState } from '@/components/ui/table/use-table-state';
import { TroubleNotice } from '@/components/ui/trouble';
import { AsOf, isRowStale } from '@/components/workload/as-of';
import { INGRESS_MARKS } from '@/components/workload/marks';
import { useLoadAll, usePages } from '@/components/workload/use-pages';
import type { IngressView } from '@/lib/contract/workload';

const PAGE = 500;
const idOf = (i: IngressView) => i.ingressId;
const rankOf = (i: IngressView) => INGRESS_MARKS[i.status].rank;
const textOf = (i: IngressView) =>
  [i.name, i.ingressId, i.type, i.roomName, i.participant, i.error, INGRESS_MARKS[i.status].word].join(' ');

const COLUMNS: Column<IngressView>[] = [
  {
    id: 'state',
    header: 'State',
    value: (i) => INGRESS_MARKS[i.status].word,
    min: 7.5,
    line: 1,
    cell: (i) => <StateMark mark={INGRESS_MARKS[i.status]} />,
  },
  {
    id: 'name',
    header: 'Name',
    value: (i) => i.name || i.ingressId,
    min: 9,
    grow: 2,
    line: 1,
    cell: (i) => <span className="font-medium">{i.name || i.ingressId}</span>,
  },
  { id: 'type', header: 'Type', value: (i) => i.type, min: 6, line: 2 },
  { id: 'room', header: 'Room', value: (i) => i.roomName, min: 9, grow: 2, line: 2, cell: (i) => i.roomName || <None /> },
  {
    id: 'participant',
    header: 'Participant',
    value: (i) => i.participant,
    min: 8,
    grow: 1,
    line: 0,
    optional: 'shown',
    cell: (i) => i.participant || <None />,
  },
  {
    id: 'error',
    header: 'Error',
    value: (i) => i.error,
    min: 8,
    grow: 2,
    line: 0,
    sortable: false,
    cell: (i) =>
      i.error ? (
        <span className="text-down" data-tip={i.error}>
          {i.error}
        </span>
      ) : (
        <span className="text-soft">none</span>
      ),
  },
  {
    id: 'started',
    header: 'Started',
    value: (i) => i.startedAt,
    min: 8,
    line: 2,
    cell: (i) => <Age at={i.startedAt} never="not yet" />,
  },
  {
    id: 'id',
    header: 'ID',
    value: (i) => i.ingressId,
    min: 11,
    line: 0,
    optional: 'hidden',
    cell: (i) => <span className="font-mono text-sm">{i.ingressId}</span>,
  },
];

/** Streams from outside: what publishes, what waits, what failed. */
export function IngressPage({ slug }: { slug: string }) {
  const signal = useQuery(orpc.ingress.queryOptions({ input: { slug, limit: 1 } }));
  const deployment = useQuery(orpc.deployments.get.queryOptions({ input: { slug } }));
  const list = usePages<IngressView>({
    key: ['ingress', slug],
    read: (cursor) => client.ingress({ slug, limit: PAGE, ...(cursor && { cursor }) }),
    rowKey: idOf,
    changedAt: signal.dataUpdatedAt,
  });
  const { sort, filter } = useTableState();
  useLoadAll(sort !== '' || filter !== '', list);
  const stale = useCallback((i: IngressView) => i.endedAt === null && isRowStale(slug, 'livekit', i), [slug]);
  const count = deployment.data?.counts.ingress;
  return (
    <>
      <PageHeader title="Ingress" above={deployment.data?.name ?? slug} actions={<AsOf slug={slug} source="livekit" />}>
        {count === undefined ? null : count === null ? (
          'How many publish is unknown: neither the LiveKit API nor a worker has said.'
        ) : (
          <span className="live-figure">
            {count === 0 ? 'Nothing comes in now.' : `${plural(count, 'ingress', 'ingresses')} active now.`}
          </span>
        )}
      </PageHeader>
      {list.error && !list.data && <TroubleNotice error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && !list.error && <TableSkeleton rows={6} label="the ingress" />}
      {list.data && (
        <DataTable
          label="ingress"
          csvName={`${slug}-ingress`}
          rows={list.rows}
          columns={COLUMNS}
          rowKey={idOf}
          rank={rankOf}
          filterText={textOf}
          stale={stale}
          onEnd={list.more}
          empty={
            <Empty title="No ingress is set up.">
              An RTMP, WHIP or URL ingress that an application creates in LiveKit appears here, also before anyone publishes to
              it. How to make one stands in the{' '}
              <Link href="https://docs.livekit.io/home/ingress/overview/" className="text-accent underline underline-offset-2">
                LiveKit documentation
              </Link>
              .
            </Empty>
          }
          foot={list.hasMore && <MoreFoot loaded={list.rows.length} busy={list.isFetchingNextPage} onMore={list.more} />}
        />
      )}
    </>
  );
}
