import { createORPCClient } from '@orpc/client';
import type { ContractRouterClient } from '@orpc/contract';
import { createTanstackQueryUtils } from '@orpc/tanstack-query';
import type { api } from '@/lib/contract/api';
import contract from './contract.json';
import { RestLink } from './rest-link';

/** Beside the input: `client.deployments.update(input, { context: { ifMatch: rev } })`. */
export interface RequestContext {
  /** rev the change is based on. */
  ifMatch?: number;
  /** Same key, same effect: give one a press of a button. */
  idempotencyKey?: string;
}

const link = new RestLink<RequestContext>({
  contract,
  base: '/api/v1',
  headers: ({ ifMatch, idempotencyKey }) => ({
    ...(ifMatch !== undefined && { 'if-match': `"${ifMatch}"` }),
    ...(idempotencyKey && { 'idempotency-key': idempotencyKey }),
  }),
  onAnswer: (response) => {
    if (response.status === 401) toSignIn();
  },
});

/** The typed client of the browser: the same endpoints as everyone's. Throws ProblemError, or TypeError when nothing answers. */
export const client: ContractRouterClient<typeof api, RequestContext> = createORPCClient(link);

/** Query and mutation options by the contract's names: `useQuery(orpc.nodes.list.queryOptions({ input: { slug } }))`. */
export const orpc = createTanstackQueryUtils(client);

function toSignIn() {
  const here = window.location.pathname + window.location.search;
  // A whole load, not a router's: nothing that was read under the old session may stay in memory.
  window.location.assign(new URL(`/sign-in?next=${encodeURIComponent(here)}`, window.location.href));
}
