import type { DeploymentStatus, Health, Severity, Stage } from '@/lib/contract/names';

export interface Mark {
  /** One shape a meaning, so that it reads without colour. */
  shape: string;
  word: string;
  /** Text colour class. */
  tone: 'text-up' | 'text-amber' | 'text-down' | 'text-unknown' | 'text-work' | 'text-soft';
  /** Lower is worse: lists sorted by trouble use it. */
  rank: number;
}

const up: Mark = { shape: '●', word: 'up', tone: 'text-up', rank: 4 };
const unstable: Mark = { shape: '▲', word: 'unstable', tone: 'text-amber', rank: 1 };
const down: Mark = { shape: '■', word: 'down', tone: 'text-down', rank: 0 };
const unknown: Mark = { shape: '◌', word: 'unknown', tone: 'text-unknown', rank: 2 };

export const HEALTH_MARKS: Record<Health, Mark> = { up, unstable, down, unknown };
export const STATUS_MARKS: Record<DeploymentStatus, Mark> = { UP: up, UNSTABLE: unstable, DOWN: down, UNKNOWN: unknown };
export const STAGE_MARKS: Record<Stage, Mark> = {
  starting: { shape: '◔', word: 'starting', tone: 'text-work', rank: 3 },
  serving: { shape: '●', word: 'serving', tone: 'text-up', rank: 5 },
  draining: { shape: '◐', word: 'draining', tone: 'text-work', rank: 2 },
  drained: { shape: '○', word: 'drained', tone: 'text-work', rank: 3 },
  stopped: { shape: '◻', word: 'stopped', tone: 'text-soft', rank: 4 },
  unknown: { ...unknown, rank: 1 },
};
export const UNDECLARED: Mark = { shape: '◇', word: 'not declared', tone: 'text-amber', rank: 3 };
export const MISSING: Mark = { shape: '◌', word: 'not found', tone: 'text-amber', rank: 2 };
export const SEVERITY_MARKS: Record<Severity, Mark> = {
  critical: { ...down, word: 'critical' },
  warning: { ...unstable, word: 'warning' },
  info: { shape: '·', word: 'note', tone: 'text-soft', rank: 3 },
};

/**
 * What a node shows in one mark: a node that is well shows what it does (draining, stopped), a node that is not shows
 * how it is. A node kept stopped on purpose is not red.
 */
export function nodeMark(node: { health: Health; stage: Stage; desired?: 'serving' | 'stopped' }): Mark {
  if (node.stage === 'stopped' && node.desired === 'stopped') return STAGE_MARKS.stopped;
  if (node.health === 'up' && node.stage !== 'serving' && node.stage !== 'unknown') return STAGE_MARKS[node.stage];
  return HEALTH_MARKS[node.health];
}
