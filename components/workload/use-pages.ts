'use client';

import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo } from 'react';

interface Page<T> {
  items: T[];
  next: string | null;
}

interface PagesOptions<T> {
  /** Of its own, not below a key of the API: the live stream would load every page anew with every change. */
  key: unknown[];
  read: (cursor: string | undefined) => Promise<Page<T>>;
  rowKey: (row: T) => string;
  /** When the same list was last heard to have changed (ms); 0: never. */
  changedAt: number;
}

/** One page is read again at most once a second, many at most every four, however often the list changes. */
const ONE_PAGE_MS = 1_000;
const MANY_PAGES_MS = 4_000;

/** Rows of a cursor list, loaded page by page as one scrolls; live without starving itself. */
export function usePages<T>({ key, read, rowKey, changedAt }: PagesOptions<T>) {
  const query = useInfiniteQuery({
    queryKey: ['pages', ...key],
    queryFn: ({ pageParam }: { pageParam: string | undefined }) => read(pageParam),
    initialPageParam: undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: keepPreviousData,
  });
  const { data, dataUpdatedAt, isFetching, isFetchingNextPage, hasNextPage, fetchNextPage, refetch } = query;
  const pages = data?.pages.length ?? 0;

  useEffect(() => {
    if (dataUpdatedAt === 0 || changedAt <= dataUpdatedAt || isFetching) return;
    const due = dataUpdatedAt + (pages > 1 ? MANY_PAGES_MS : ONE_PAGE_MS);
    const timer = setTimeout(() => void refetch({ cancelRefetch: false }), Math.max(0, due - Date.now()));
    return () => clearTimeout(timer);
  }, [changedAt, dataUpdatedAt, isFetching, pages, refetch]);

  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage({ cancelRefetch: false });
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);

  // A row that moved from one page to the next between two requests would stand there twice.
  const rows = useMemo(
    () => [...new Map((data?.pages ?? []).flatMap((page) => page.items).map((row) => [rowKey(row), row])).values()],
    [data, rowKey],
  );
  return { ...query, rows, hasMore: hasNextPage, more };
}

/** A sort over half of the rows would be a wrong answer: while it is set, the rest is loaded as well. */
export function useLoadAll(
  when: boolean,
  { hasMore, isFetching, more }: { hasMore: boolean; isFetching: boolean; more: () => void },
) {
  useEffect(() => {
    if (when && hasMore && !isFetching) more();
  }, [when, hasMore, isFetching, more]);
}
