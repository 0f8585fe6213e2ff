'use client';

import { useQuery } from '@tanstack/react-query';
import { parseAsBoolean, parseAsString, useQueryStates } from 'nuqs';
import { useCallback, useMemo } from 'react';
import { client, orpc } from '@/components/live/client';
import { cx } from '@/components/ui/cx';
import { Checkbox, Input, Select } from '@/components/ui/field';
import { plural } from '@/components/ui/format';
import { TableSkeleton } from '@/components/ui/notice';
import { PageHeader } from '@/components/ui/section';
import { DataTable } from '@/components/ui/table/data-table';
import { PHONE, useMedia } from '@/components/ui/table/use-media';
import { useTableState } from '@/components/ui/table/use-table-state';
import { TroubleNotice } from '@/components/ui/trouble';
import { AsOf, isRowStale } from '@/components/workload/as-of';
import { MoreFoot } from '@/components/workload/more-foot';
import { useDebounced } from '@/components/workload/use-debounced';
import { useLoadAll, usePages } from '@/components/workload/use-pages';
import type { RoomView } from '@/lib/contract/workload';
import { roomColumns } from './columns';
import { NoRooms } from './no-rooms';

const PAGE = 500;
const sidOf = (r: RoomView) => r.sid;
const url = { search: parseAsString.withDefault(''), node: parseAsString, ended: parseAsBoolean.withDefault(false) };

/** Where a call is: found by name or SID, filtered by node, the ended ones on demand. Pages load as one scrolls. */
export function RoomsPage({ slug }: { slug: string }) {
  const [{ search, node, ended }, setUrl] = useQueryStates(url, { history: 'replace' });
  const sought = useDebounced(search.trim());
  const filters = { slug, ended: String(ended), ...(sought && { search: sought }), ...(node && { node }) };
  const signal = useQuery(orpc.rooms.list.queryOptions({ input: { slug, ended: String(ended), limit: 1 } }));
  const deployment = useQuery(orpc.deployments.get.queryOptions({ input: { slug } }));
  const list = usePages<RoomView>({
    key: ['rooms', filters],
    read: (cursor) => client.rooms.list({ ...filters, limit: PAGE, ...(cursor && { cursor }) }),
    rowKey: sidOf,
    changedAt: signal.dataUpdatedAt,
  });
  useLoadAll(useTableState().sort !== '', list);
  const phone = useMedia(PHONE);
  const columns = useMemo(() => roomColumns(slug, ended, phone), [slug, ended, phone]);
  const stale = useCallback((r: RoomView) => r.endedAt === null && isRowStale(slug, 'redis', r), [slug]);
  const rooms = deployment.data?.counts.rooms;
  const people = deployment.data?.counts.participants;
  return (
    <>
      <PageHeader title="Rooms" above={deployment.data?.name ?? slug} actions={<AsOf slug={slug} source="redis" />}>
        {rooms === undefined ? null : rooms === null ? (
          'How many rooms there are is unknown.'
        ) : (
          <span className="live-figure">
            {plural(rooms, 'room')} now{people === null || people === undefined ? '' : `, ${plural(people, 'person', 'people')}`}.
          </span>
        )}
      </PageHeader>
      {list.error && !list.data && <TroubleNotice error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && !list.error && <TableSkeleton rows={8} label="the rooms" />}
      {list.data && (
        <>
          {/* On a wide screen in one line with the tools of the table, which go when it is empty. */}
          <div
            className={cx(
              'mb-2 flex flex-wrap items-center gap-x-3 gap-y-2',
              list.rows.length > 0 && 'lg:relative lg:z-[1] lg:-mb-7 lg:w-fit',
            )}
          >
            <Input
              data-filter
              type="search"
              aria-label="Search rooms by name or SID"
              placeholder="Search by name or SID"
              value={search}
              onChange={(e) => void setUrl({ search: e.target.value || null })}
              className="!h-7 !w-full sm:!w-64"
            />
            <NodeFilter slug={slug} value={node} onChange={(next) => void setUrl({ node: next })} />
            <Checkbox label="Ended rooms" checked={ended} onChange={(e) => void setUrl({ ended: e.target.checked || null })} />
          </div>
          <DataTable
            label="rooms"
            csvName={`${slug}-rooms${ended ? '-ended' : ''}`}
            rows={list.rows}
            columns={columns}
            rowKey={sidOf}
            ownOrder={ended ? 'Newest first' : 'By name'}
            href={(r) => `/d/${slug}/rooms/${encodeURIComponent(r.sid)}`}
            stale={stale}
            onEnd={list.more}
            empty={
              <NoRooms
                slug={slug}
                ended={ended}
                filtered={Boolean(search || node)}
                onClear={() => void setUrl({ search: null, node: null })}
              />
            }
            foot={list.hasMore && <MoreFoot loaded={list.rows.length} busy={list.isFetchingNextPage} onMore={list.more} />}
          />
        </>
      )}
    </>
  );
}

function NodeFilter({ slug, value, onChange }: { slug: string; value: string | null; onChange: (node: string | null) => void }) {
  const { data } = useQuery(orpc.nodes.list.queryOptions({ input: { slug } }));
  const names = (data?.items ?? []).filter((n) => n.role !== 'master').map((n) => n.name);
  return (
    <Select aria-label="Node" value={value ?? ''} onChange={(e) => onChange(e.target.value || null)} className="!h-7 !w-auto">
      <option value="">All nodes</option>
      {[...new Set([...names, ...(value ? [value] : [])])].map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </Select>
  );
}
