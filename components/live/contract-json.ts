import { isContractProcedure, type AnyContractRouter } from '@orpc/contract';
import { api } from '@/lib/contract/api';

/** What contract.json must contain for the contract as it is now: method and path of each verb, nothing that only readers need. */
export function contractJson(): string {
  return `${JSON.stringify(routesOf(api))}\n`;
}

function routesOf(router: AnyContractRouter): object {
  if (isContractProcedure(router)) {
    const { method, path } = router['~orpc'].route;
    return { '~orpc': { route: { method, path } } };
  }
  return Object.fromEntries(Object.entries(router).map(([name, part]) => [name, routesOf(part)]));
}
