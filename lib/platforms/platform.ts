import type { CheckStep, DiscoverResult, DiscoverTaskInput } from '@/lib/contract/tasks';
import type { Platform as PlatformName } from '@/lib/contract/names';
import type { HostKeyFacts } from '@/lib/links/errors';
import type { Secrets } from '@/lib/links/targets';

/** What a platform can do; what it cannot says why, and is shown disabled with that sentence. */
export type Capability = { can: true } | { can: false; why: string };
export type Capabilities = {
  /** Finds the deployment from one master's address and an SSH user. */
  discover: Capability;
  /** Knows the group of media nodes and its size, apart from what runs. */
  listGroup: Capability;
  addNode: Capability;
  drainNode: Capability;
  setSize: Capability;
  restartNode: Capability;
  readConfig: Capability;
  writeConfig: Capability;
};

export type DiscoverRequest = Omit<DiscoverTaskInput, 'sealed'> & { secrets: Secrets };
/** What was found; secrets in clear, for the worker to seal. */
export type Found = Omit<DiscoverResult, 'secretsFound' | 'hostKeys'> & { secrets: Secrets; hostKeys: HostKeyFacts[] };

export type Report = (step: CheckStep) => void;

export type Platform = {
  name: PlatformName;
  capabilities: Capabilities;
  /** Null where capabilities.discover says no. Reports each step; throws LinkError when nothing could be read. */
  discover: ((request: DiscoverRequest, report: Report, signal: AbortSignal) => Promise<Found>) | null;
};
