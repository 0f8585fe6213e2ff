'use client';

import { useCallback, useMemo, type ComponentProps } from 'react';
import { DataTable } from '@/components/ui/table/data-table';
import { EGRESS_MARKS } from '@/components/workload/marks';
import { isRowStale } from '@/components/workload/as-of';
import type { EgressView } from '@/lib/contract/workload';
import { egressColumns } from './columns';

const idOf = (e: EgressView) => e.egressId;
const rankOf = (e: EgressView) => EGRESS_MARKS[e.status].rank;
const textOf = (e: EgressView) =>
  [e.egressId, e.type, e.roomName, e.node, e.error, EGRESS_MARKS[e.status].word, ...e.outputs.map((o) => o.target)].join(' ');

type Props = { slug: string; rows: EgressView[]; csvName: string; /** On the page of its room. */ inRoom?: boolean } & Pick<
  ComponentProps<typeof DataTable<EgressView>>,
  'tools' | 'empty' | 'foot' | 'onEnd'
>;

/** Trouble first, then what is active, then what is over. */
export function EgressTable({ slug, rows, csvName, inRoom = false, ...rest }: Props) {
  const columns = useMemo(() => egressColumns(slug, inRoom), [slug, inRoom]);
  const stale = useCallback((e: EgressView) => e.endedAt === null && isRowStale(slug, 'livekit', e), [slug]);
  return (
    <DataTable
      {...rest}
      label="egress"
      csvName={csvName}
      rows={rows}
      columns={columns}
      rowKey={idOf}
      rank={rankOf}
      filterText={textOf}
      stale={stale}
    />
  );
}
