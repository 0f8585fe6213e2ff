import type { Mark } from '@/components/ui/marks';
import type { EgressView, IngressView, RoomView } from '@/lib/contract/workload';

export const EGRESS_MARKS: Record<EgressView['status'], Mark> = {
  STARTING: { shape: '◔', word: 'starting', tone: 'text-work', rank: 2 },
  ACTIVE: { shape: '●', word: 'active', tone: 'text-up', rank: 3 },
  ENDING: { shape: '◐', word: 'ending', tone: 'text-work', rank: 3 },
  COMPLETE: { shape: '○', word: 'complete', tone: 'text-soft', rank: 4 },
  FAILED: { shape: '■', word: 'failed', tone: 'text-down', rank: 0 },
  ABORTED: { shape: '▲', word: 'aborted', tone: 'text-amber', rank: 1 },
  LIMIT_REACHED: { shape: '▲', word: 'limit reached', tone: 'text-amber', rank: 1 },
};

export const INGRESS_MARKS: Record<IngressView['status'], Mark> = {
  PUBLISHING: { shape: '●', word: 'publishing', tone: 'text-up', rank: 3 },
  BUFFERING: { shape: '◔', word: 'buffering', tone: 'text-work', rank: 2 },
  INACTIVE: { shape: '○', word: 'waiting', tone: 'text-soft', rank: 4 },
  COMPLETE: { shape: '◻', word: 'ended', tone: 'text-soft', rank: 5 },
  ERROR: { shape: '■', word: 'error', tone: 'text-down', rank: 0 },
};

export const RECORDING: Mark = { shape: '◉', word: 'recording', tone: 'text-work', rank: 3 };

const LIVE: Mark = { shape: '●', word: 'live', tone: 'text-up', rank: 3 };
const ENDED: Mark = { shape: '○', word: 'ended', tone: 'text-soft', rank: 4 };
const LOST: Mark = { shape: '▲', word: 'no known node', tone: 'text-amber', rank: 1 };

/** A room that is mapped to a node nobody knows is a ghost until it is looked at. */
export const roomMark = (r: Pick<RoomView, 'endedAt' | 'node'>): Mark => (r.endedAt ? ENDED : r.node === null ? LOST : LIVE);
