'use client';

import Link from 'next/link';
import { useEffect, useRef, type ReactNode } from 'react';
import { onTick } from '@/components/live/clock';
import { cx } from '../cx';
import type { Column } from './columns';
import type { DataTableProps } from './data-table';

interface Props<T> extends DataTableProps<T> {
  row: T;
  index: number;
  start: number;
  height: number;
  shown: Column<T>[];
  phone: boolean;
  tracks: string;
}

export function TableRow<T>({ row, index, start, height, shown, phone, tracks, href, stale }: Props<T>) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const target = element.current;
    if (!target || !stale) return;
    return onTick(() => {
      const next = String(stale(row));
      if (target.dataset.stale !== next) target.dataset.stale = next;
    });
  }, [stale, row]);

  const cell = (column: Column<T>, i: number) => {
    const drawn = <Drawn column={column} row={row} />;
    return i === 0 && href ? <RowLink href={href(row)}>{drawn}</RowLink> : drawn;
  };
  const frame = cx('absolute inset-x-0 border-b border-line px-3', href && 'hover:bg-hover focus-within:bg-hover');
  const rowIndex = index + 2; // the header is row 1
  const place = { height, transform: `translateY(${start}px)` };

  if (phone) {
    const line = (n: 1 | 2) => shown.map((column, i) => ({ column, i })).filter(({ column }) => (column.line ?? 2) === n);
    return (
      <div ref={element} role="row" aria-rowindex={rowIndex} className={frame} style={place}>
        <div role="presentation" className="flex items-center justify-between gap-3 pt-1.5">
          {line(1).map(({ column, i }) => (
            <div key={column.id} role="cell" className="min-w-0 truncate has-[.state-mark]:shrink-0">
              {cell(column, i)}
            </div>
          ))}
        </div>
        <div role="presentation" className="text-soft flex items-center gap-3 overflow-hidden text-sm whitespace-nowrap">
          {line(2).map(({ column, i }) => (
            <div key={column.id} role="cell" className="min-w-0 shrink-0">
              {!column.drawn && <span>{column.header.toLowerCase()} </span>}
              <span className="text-ink">{cell(column, i)}</span>
              {column.unit && column.value(row) !== null && <span> {column.unit}</span>}
            </div>
          ))}
        </div>
      </div>
    );
  }
  return (
    <div
      ref={element}
      role="row"
      aria-rowindex={rowIndex}
      className={cx(frame, 'grid items-center gap-x-3')}
      style={{ ...place, gridTemplateColumns: tracks }}
    >
      {shown.map((column, i) => (
        <div key={column.id} role="cell" className={cx('min-w-0 truncate', column.right && 'figure live-figure text-right')}>
          {cell(column, i)}
        </div>
      ))}
    </div>
  );
}

/** The link of a row is as large as the row. */
function RowLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Link
      href={href}
      prefetch={false}
      data-row-link
      className="focus-visible:after:outline-accent after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:rounded-sm focus-visible:after:outline-2 focus-visible:after:-outline-offset-2"
    >
      {children}
    </Link>
  );
}

function Drawn<T>({ column, row }: { column: Column<T>; row: T }) {
  if (column.cell) return column.cell(row);
  const value = column.value(row);
  if (value === null) return <None />;
  return typeof value === 'number' ? value.toLocaleString('en') : value;
}

/** Not known: never an empty cell, never a zero. */
export function None() {
  return (
    <span className="text-soft">
      <span aria-hidden>–</span>
      <span className="sr-only">unknown</span>
    </span>
  );
}
