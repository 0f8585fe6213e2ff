/** How long after the last reading named it a node still counts as found, in ms: discovery is written at most once a minute. */
const FOUND_FOR_MS = 150_000;

/**
 * Whether a node is found now. Judged at the time of the last good reading, so that an outage of the sources does not
 * make every node vanish. Times in ms since the epoch; `observedAt` null: nothing was ever read.
 */
export function isFound(discoveredAt: number | null, observedAt: number | null): boolean {
  return discoveredAt !== null && (observedAt === null || observedAt - discoveredAt <= FOUND_FOR_MS);
}

type DriftInput = {
  role: 'master' | 'media' | 'merged';
  declared: boolean;
  desired: 'serving' | 'stopped';
  discoveredAt: number | null;
  observedAt: number | null;
};

/** undeclared: found, not declared; missing: declared, not found. A node that is kept stopped is not missed. */
export function driftOf(node: DriftInput): 'none' | 'undeclared' | 'missing' {
  const found = isFound(node.discoveredAt, node.observedAt);
  if (found) return node.declared ? 'none' : 'undeclared';
  if (!node.declared || node.desired === 'stopped' || node.observedAt === null) return 'none';
  // Nothing lists a master as Redis lists media nodes: one that was never named is simply not read yet.
  if (node.role === 'master' && node.discoveredAt === null) return 'none';
  return 'missing';
}
