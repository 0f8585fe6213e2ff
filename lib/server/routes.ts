import { traverseContractProcedures } from '@orpc/server';
import { api } from '@/lib/contract/api';

export type RouteEntry = { name: string; method: string; path: string };

/** Every route of the contract; its path below /api/v1. */
export const ROUTES: RouteEntry[] = [];
traverseContractProcedures({ router: api, path: [] }, ({ contract, path }) => {
  const { method = 'POST', path: address = '' } = contract['~orpc'].route;
  ROUTES.push({ name: path.join('.'), method, path: address });
});

const MATCHERS = ROUTES.map((route) => ({
  name: route.name,
  method: route.method,
  pattern: new RegExp(`^${route.path.replaceAll('.', '\\.').replaceAll(/\{[^}]+\}/g, '[^/]+')}/?$`),
}));

/** The methods that an address takes; none: there is no such address. */
export function methodsOf(path: string): string[] {
  return [...new Set(MATCHERS.filter((m) => m.pattern.test(path)).map((m) => m.method))];
}

/** The name in the contract of what is asked, such as deployments.get. */
export function routeName(method: string, path: string): string | undefined {
  return MATCHERS.find((m) => m.method === method && m.pattern.test(path))?.name;
}
