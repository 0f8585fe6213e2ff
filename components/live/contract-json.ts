import { minifyContractRouter } from '@orpc/contract';
import { api } from '@/lib/contract/api';

/** What contract.json must contain for the contract as it is now. */
export function contractJson(): string {
  return `${JSON.stringify(minifyContractRouter(api))}\n`;
}
