'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { parseAsString, parseAsStringEnum, useQueryStates } from 'nuqs';
import { useMemo } from 'react';
import { Age } from '@/components/live/age';
import { client, orpc } from '@/components/live/client';
import { Select } from '@/components/ui/field';
import { SEVERITY_MARKS } from '@/components/ui/marks';
import { Empty, TableSkeleton } from '@/components/ui/notice';
import { PageHeader } from '@/components/ui/section';
import { StateMark } from '@/components/ui/state-mark';
import type { Column } from '@/components/ui/table/columns';
import { DataTable } from '@/components/ui/table/data-table';
import { useTableState } from '@/components/ui/table/use-table-state';
import { TroubleNotice } from '@/components/ui/trouble';
import { MoreFoot } from '@/components/workload/more-foot';
import { useLoadAll, usePages } from '@/components/workload/use-pages';
import type { EventView } from '@/lib/contract/events';

const PAGE = 200;
const idOf = (e: EventView) => e.id;
const textOf = (e: EventView) => [e.sentence, e.kind, e.node, e.room].join(' ');
const url = {
  severity: parseAsStringEnum<EventView['severity']>(['info', 'warning', 'critical']),
  node: parseAsString,
};

function columnsOf(slug: string): Column<EventView>[] {
  return [
    { id: 'at', header: 'When', value: (e) => e.at, min: 8, line: 2, cell: (e) => <Age at={e.at} /> },
    {
      id: 'severity',
      header: 'Weight',
      value: (e) => e.severity,
      min: 6.5,
      line: 1,
      cell: (e) => <StateMark mark={SEVERITY_MARKS[e.severity]} />,
    },
    {
      id: 'sentence',
      header: 'What happened',
      value: (e) => e.sentence,
      min: 18,
      grow: 4,
      line: 1,
      cell: (e) => <span data-tip={e.sentence}>{e.sentence}</span>,
    },
    {
      id: 'node',
      header: 'Node',
      value: (e) => e.node,
      min: 7,
      grow: 1,
      line: 2,
      cell: (e) =>
        e.node ? (
          <Link
            prefetch={false}
            href={`/d/${slug}/nodes/${encodeURIComponent(e.node)}`}
            className="underline-offset-2 hover:underline"
          >
            {e.node}
          </Link>
        ) : (
          <span className="text-soft">all</span>
        ),
    },
    {
      id: 'kind',
      header: 'Kind',
      value: (e) => e.kind,
      min: 9,
      line: 0,
      optional: 'shown',
      cell: (e) => <span className="font-mono text-sm">{e.kind}</span>,
    },
  ];
}

/** What happened here, the newest first. */
export function EventsPage({ slug }: { slug: string }) {
  const [{ severity, node }, setUrl] = useQueryStates(url, { history: 'replace' });
  const filters = { deployment: slug, ...(severity && { severity }), ...(node && { node }) };
  const signal = useQuery(orpc.events.queryOptions({ input: { deployment: slug, limit: 1 } }));
  const name = useQuery(orpc.deployments.get.queryOptions({ input: { slug } })).data?.name;
  const list = usePages<EventView>({
    key: ['events', filters],
    read: (cursor) => client.events({ ...filters, limit: PAGE, ...(cursor && { cursor }) }),
    rowKey: idOf,
    changedAt: signal.dataUpdatedAt,
  });
  const { sort, filter } = useTableState();
  useLoadAll(sort !== '' || filter !== '', list);
  const columns = useMemo(() => columnsOf(slug), [slug]);
  return (
    <>
      <PageHeader title="Events" above={name ?? slug}>
        What changed on this deployment, the newest first.
      </PageHeader>
      {list.error && !list.data && <TroubleNotice error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && !list.error && <TableSkeleton rows={8} label="the events" />}
      {list.data && (
        <>
          <div className="mb-2 flex flex-wrap gap-2">
            <Select
              aria-label="Weight"
              value={severity ?? ''}
              className="!h-7 !w-auto"
              onChange={(e) => void setUrl({ severity: url.severity.parse(e.target.value) })}
            >
              <option value="">Every weight</option>
              <option value="critical">Critical</option>
              <option value="warning">Warnings</option>
              <option value="info">Notes</option>
            </Select>
          </div>
          <DataTable
            label="events"
            csvName={`${slug}-events`}
            rows={list.rows}
            columns={columns}
            rowKey={idOf}
            ownOrder="Newest first"
            filterText={textOf}
            onEnd={list.more}
            empty={
              severity || node ? (
                <Empty title="No event of this kind." />
              ) : (
                <Empty title="Nothing has happened yet.">
                  Changes of state, failovers, restarts and rooms that move are written here.
                </Empty>
              )
            }
            foot={list.hasMore && <MoreFoot loaded={list.rows.length} busy={list.isFetchingNextPage} onMore={list.more} />}
          />
        </>
      )}
    </>
  );
}
