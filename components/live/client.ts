import { createORPCClient } from '@orpc/client';
import type { ContractRouterClient } from '@orpc/contract';
import { OpenAPILink } from '@orpc/openapi-client/fetch';
import { createTanstackQueryUtils } from '@orpc/tanstack-query';
import type { api } from '@/lib/contract/api';
import contract from './contract.json';
import { problemFrom } from './problem';

/** Beside the input: `client.deployments.update(input, { context: { ifMatch: rev } })`. */
export interface RequestContext {
  /** rev the change is based on. */
  ifMatch?: number;
  /** Same key, same effect: give one a press of a button. */
  idempotencyKey?: string;
}

const link = new OpenAPILink<RequestContext>(
  contract as unknown as typeof api /* the generated JSON has its paths and methods */,
  {
    url: () => `${window.location.origin}/api/v1`,
    headers: ({ context }) => ({
      ...(context.ifMatch !== undefined && { 'if-match': `"${context.ifMatch}"` }),
      ...(context.idempotencyKey && { 'idempotency-key': context.idempotencyKey }),
    }),
    fetch: async (request, init) => {
      const response = await fetch(request, { ...init, credentials: 'same-origin', cache: 'no-store' });
      if (response.status === 401) toSignIn();
      return readable(response);
    },
    customErrorResponseBodyDecoder: (body, response) =>
      problemFrom(body, response.status) as never /* thrown as it is; the hook wants its own class */,
  },
);

/** The typed client of the browser: the same endpoints as everyone's. Throws ProblemError, or TypeError when nothing answers. */
export const client: ContractRouterClient<typeof api, RequestContext> = createORPCClient(link);

/** Query and mutation options by the contract's names: `useQuery(orpc.nodes.list.queryOptions({ input: { slug } }))`. */
export const orpc = createTanstackQueryUtils(client);

/** oRPC reads JSON only where the type is application/json; problem documents have a type of their own. */
function readable(response: Response): Response {
  if (!response.headers.get('content-type')?.startsWith('application/problem+json')) return response;
  return new Response(response.body, { status: response.status, headers: { 'content-type': 'application/json' } });
}

function toSignIn() {
  const here = window.location.pathname + window.location.search;
  // A whole load, not a router's: nothing that was read under the old session may stay in memory.
  window.location.assign(new URL(`/sign-in?next=${encodeURIComponent(here)}`, window.location.href));
}
