import type { Lab } from '@/lab/lab';

/** One way a deployment can be, by name. `apply` and `heal` resolve when the state is reached, not merely asked for. */
export interface Scenario {
  /** What is done to the lab. */
  what: string;
  /** What an observer should see. */
  expect: string;
  /** Why it cannot be done on this machine; undefined when it can. */
  problem?(lab: Lab): string | undefined;
  apply(lab: Lab): Promise<void>;
  heal(lab: Lab): Promise<void>;
}
