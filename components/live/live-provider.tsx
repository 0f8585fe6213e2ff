'use client';

import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';
import { announce } from './announcer';
import { applyDelta, batchedInvalidation } from './apply';
import { learnServerTime, onTick } from './clock';
import { heard, setClocks, watchQuiet } from './live-store';
import { ProblemError } from './problem';
import { joinStream } from './stream';
import type { FromStream } from './stream-source';

/** A refusal is final; anything else (away, database) is tried again by itself while the page says so. */
const RETRY_MS = 3_000;
const isRefusal = (error: unknown) => error instanceof ProblemError && error.status < 500 && error.status !== 429;

function makeQueries() {
  return new QueryClient({
    defaultOptions: {
      queries: {
        networkMode: 'always',
        staleTime: 30_000,
        retry: false,
        refetchInterval: ({ state }) => (state.error && !isRefusal(state.error) ? RETRY_MS : false),
      },
      mutations: { networkMode: 'always' },
    },
  });
}

/** The queries of the page and the one live stream that keeps them true. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const [queries] = useState(makeQueries);
  useEffect(() => {
    const invalidate = batchedInvalidation(queries);
    const listener = (from: FromStream) => {
      if (from.kind === 'lost') return;
      const { message } = from;
      if ('now' in message) learnServerTime(message.now);
      if (heard() || message.type === 'reset') void queries.invalidateQueries();
      if (message.type === 'clocks') setClocks(message.deployments);
      if (message.type === 'delta') invalidate(applyDelta(queries, message.data));
      if (message.type === 'event' && message.data.severity !== 'info') announce(message.data.sentence);
    };
    const leave = joinStream(listener);
    const stop = onTick(watchQuiet);
    return () => {
      leave();
      stop();
    };
  }, [queries]);
  return <QueryClientProvider client={queries}>{children}</QueryClientProvider>;
}
