'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useMemo } from 'react';
import { orpc } from '@/components/live/client';
import { nodeFreshness } from '@/components/live/node-clock';
import { nodeMark } from '@/components/ui/marks';
import { Empty } from '@/components/ui/notice';
import { DataTable } from '@/components/ui/table/data-table';
import type { NodeView } from '@/lib/contract/inventory';
import { mediaColumns } from './media-columns';

const SPARK_EVERY_MS = 15_000;
const rowKey = (node: NodeView) => node.name;
const rank = (node: NodeView) => nodeMark(node).rank;
const filterText = (node: NodeView) => `${node.name} ${node.address} ${nodeMark(node).word} ${node.stage} ${node.sentence}`;

export function MediaNodes({ slug, nodes }: { slug: string; nodes: NodeView[] }) {
  const samples = useQuery(
    orpc.samples.queryOptions({ input: { slug, range: '15m', metrics: 'cpu,rooms' }, refetchInterval: SPARK_EVERY_MS }),
  );
  const rows = useMemo(() => nodes.filter((node) => node.role !== 'master'), [nodes]);
  const columns = useMemo(
    () => mediaColumns(slug, new Map(samples.data?.items.map((item) => [item.node, item.series]))),
    [slug, samples.data],
  );
  return (
    <DataTable
      label="media nodes"
      csvName={`${slug}-media-nodes`}
      rows={rows}
      columns={columns}
      rowKey={rowKey}
      rank={rank}
      filterText={filterText}
      href={(node) => `/d/${slug}/nodes/${encodeURIComponent(node.name)}`}
      stale={(node) => nodeFreshness(slug, node).stale}
      empty={
        <Empty title="No media node was found.">
          Media nodes are read from Redis (the hash <code className="font-mono">nodes</code>) and from what is declared. If there
          are some, check the link to Redis under{' '}
          <Link href={`/d/${slug}/settings`} className="text-accent underline">
            links and settings
          </Link>
          .
        </Empty>
      }
    />
  );
}
