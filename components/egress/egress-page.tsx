'use client';

import { useQuery } from '@tanstack/react-query';
import { parseAsBoolean, useQueryStates } from 'nuqs';
import { client, orpc } from '@/components/live/client';
import { Button } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/field';
import { plural } from '@/components/ui/format';
import { Empty, TableSkeleton } from '@/components/ui/notice';
import { PageHeader } from '@/components/ui/section';
import { useTableState } from '@/components/ui/table/use-table-state';
import { TroubleNotice } from '@/components/ui/trouble';
import { MoreFoot } from '@/components/workload/more-foot';
import { AsOf } from '@/components/workload/as-of';
import { useLoadAll, usePages } from '@/components/workload/use-pages';
import type { EgressView } from '@/lib/contract/workload';
import { EgressTable } from './egress-table';

const PAGE = 500;
const idOf = (e: EgressView) => e.egressId;
const url = { active: parseAsBoolean.withDefault(false) };

/** Recordings and streams: what runs, what failed and why, where the files went. */
export function EgressPage({ slug }: { slug: string }) {
  const [{ active }, setUrl] = useQueryStates(url, { history: 'replace' });
  const signal = useQuery(orpc.egress.queryOptions({ input: { slug, active: String(active), limit: 1 } }));
  const deployment = useQuery(orpc.deployments.get.queryOptions({ input: { slug } }));
  const list = usePages<EgressView>({
    key: ['egress', slug, active],
    read: (cursor) => client.egress({ slug, active: String(active), limit: PAGE, ...(cursor && { cursor }) }),
    rowKey: idOf,
    changedAt: signal.dataUpdatedAt,
  });
  const { sort, filter } = useTableState();
  useLoadAll(sort !== '' || filter !== '', list);
  const count = deployment.data?.counts.egress;
  return (
    <>
      <PageHeader title="Egress" above={deployment.data?.name ?? slug} actions={<AsOf slug={slug} source="livekit" />}>
        {count === undefined ? null : count === null ? (
          'How many run is unknown: neither the LiveKit API nor a worker has said.'
        ) : (
          <span className="live-figure">
            {count === 0 ? 'Nothing is recorded or streamed now.' : `${plural(count, 'egress', 'egresses')} active now.`}
          </span>
        )}
      </PageHeader>
      {list.error && !list.data && <TroubleNotice error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && !list.error && <TableSkeleton rows={6} label="the egress" />}
      {list.data && (
        <EgressTable
          slug={slug}
          rows={list.rows}
          csvName={`${slug}-egress`}
          onEnd={list.more}
          tools={<ActiveOnly active={active} onChange={(next) => void setUrl({ active: next || null })} />}
          empty={
            active ? (
              <Empty
                title="No egress runs now."
                actions={<Button onClick={() => void setUrl({ active: null })}>Show those that are over</Button>}
              />
            ) : (
              <Empty title="No egress was seen yet.">
                A recording or stream appears here as soon as LiveKit starts it, with its room, its node and where its files go.
              </Empty>
            )
          }
          foot={list.hasMore && <MoreFoot loaded={list.rows.length} busy={list.isFetchingNextPage} onMore={list.more} />}
        />
      )}
    </>
  );
}

function ActiveOnly({ active, onChange }: { active: boolean; onChange: (active: boolean) => void }) {
  return <Checkbox label="Active only" checked={active} onChange={(e) => onChange(e.target.checked)} className="mr-2" />;
}
