'use client';

import Link from 'next/link';
import { useCallback, useRef } from 'react';
import { Age, useStaleMark } from '@/components/live/age';
import { freshnessOf } from '@/components/live/node-clock';
import { plural } from '@/components/ui/format';
import { STATUS_MARKS } from '@/components/ui/marks';
import { StateMark } from '@/components/ui/state-mark';
import type { DeploymentView } from '@/lib/contract/inventory';

/** A sentence a row; what it is made of stands beside it. */
export function DeploymentRow({ deployment }: { deployment: DeploymentView }) {
  const { slug, name, status, sentence, since, counts, asOf, stale } = deployment;
  const row = useRef<HTMLLIElement>(null);
  const isStale = useCallback(() => freshnessOf(slug, { asOf, stale }).stale, [slug, asOf, stale]);
  const at = useCallback(() => freshnessOf(slug, { asOf, stale }).asOf, [slug, asOf, stale]);
  useStaleMark(row, isStale);
  return (
    <li
      ref={row}
      className="border-line focus-within:bg-hover hover:bg-hover relative grid gap-x-4 border-b px-3 py-2 last:border-0 md:grid-cols-[7rem_minmax(0,1fr)_auto]"
    >
      <div className="flex items-baseline justify-between md:block">
        <StateMark mark={STATUS_MARKS[status]} className="font-medium" />
        {since && (
          <div className="text-soft text-sm">
            <Age at={since} form="for" />
          </div>
        )}
      </div>
      <div className="min-w-0">
        <Link
          href={`/d/${slug}`}
          data-row-link
          className="focus-visible:after:outline-accent font-semibold after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2"
        >
          {name}
        </Link>
        <p>{sentence}</p>
      </div>
      <div className="text-soft text-sm md:text-right">
        <p className="live-figure text-ink">{figuresOf(counts)}</p>
        <Age at={at} form="as-of" never="never read" />
      </div>
    </li>
  );
}

/** What is not known is named once, never shown as zero. */
export function figuresOf({ nodes, up, rooms, participants, egress }: DeploymentView['counts']): string {
  const said = [nodes === 0 ? 'no nodes known' : `${up} of ${nodes} nodes up`];
  if (rooms === null && participants === null) said.push('rooms unknown');
  else {
    said.push(rooms === null ? 'rooms unknown' : plural(rooms, 'room'));
    said.push(participants === null ? 'people unknown' : plural(participants, 'person', 'people'));
  }
  if (egress) said.push(`${egress} egress`);
  return said.join(' · ');
}
