import type { QuorumRow as QuorumRowSchema } from '@/lib/contract/health';
import { type Health, MASTER_SERVICES } from '@/lib/contract/names';
import type { z } from 'zod';
import { isStale } from '../freshness';
import { containersOf } from './containers';
import { serviceCell } from './master-services';
import type { NodeSnapshot, NodeState, Snapshot } from './snapshot';

export type QuorumRow = z.infer<typeof QuorumRowSchema>;
export type Judged = { node: NodeSnapshot; state: NodeState };

/** What the loss of each service means, from the vendor's failure matrix (docs: production-ready/fault-tolerance). */
const LOSS: Record<string, string> = {
  'redis-server': 'Redis has no master: no call can start or move',
  'redis-sentinel': 'Sentinel cannot elect: when the Redis master goes, no other takes its place',
  mongo: 'MongoDB has no primary: dashboard, Meet and analytics cannot write; calls go on',
  minio: 'MinIO cannot write: recordings cannot upload and stay on their media nodes',
  caddy: 'no Caddy answers: nobody can connect',
  operator: 'no operator runs: changes of the media nodes do not reach the masters',
  dashboard: 'the dashboard is away',
  grafana: 'Grafana is away',
  mimir: 'metrics cannot be stored',
  loki: 'logs cannot be stored',
  'openvidu-meet': 'OpenVidu Meet is away',
  'openvidu-v2compatibility': 'applications of OpenVidu 2 cannot connect',
};

const ALWAYS = ['caddy', 'redis-server', 'redis-sentinel', 'mongo'];

/** The matrix services × masters. A service is listed when it must be there or was seen anywhere. */
export function quorumRows(s: Snapshot, nodes: Judged[]): QuorumRow[] {
  const masters = nodes.filter((n) => n.node.role !== 'media');
  if (masters.length === 0) return [];
  const seen = new Set(masters.flatMap((m) => m.node.stream.value?.containers?.map((c) => c.name) ?? []));
  const services = MASTER_SERVICES.filter((x) => ALWAYS.includes(x) || seen.has(x) || (x === 'minio' && s.platform === 'onprem'));
  return services.map((service) => row(s, masters, service));
}

function row(s: Snapshot, masters: Judged[], service: string): QuorumRow {
  const cells = masters.map(({ node, state }) => {
    if (state.health === 'down') return { node: node.name, state: 'down' as const, note: 'the node is down' };
    return { node: node.name, ...serviceCell(s, node, containersOf(node, s.now), service) };
  });
  const up = cells.filter((c) => c.state === 'up').length;
  const possible = cells.filter((c) => c.state === 'up' || c.state === 'unknown').length;
  const need = needed(s, service, masters.length);
  const state = verdict(s, service, {
    up,
    possible,
    need,
    of: masters.length,
    hurt: cells.some((c) => c.state === 'down' || c.state === 'unstable'),
  });
  return { service, state, up, of: masters.length, need, cells, sentence: sentence(service, state, up, masters.length, need) };
}

/** How many must be up: a majority of the voters for Sentinel and Mongo, a write quorum of MinIO's drives, one of the rest. */
function needed(s: Snapshot, service: string, of: number): number {
  if (service === 'redis-sentinel') return Math.floor(of / 2) + 1;
  if (service === 'mongo') return Math.floor((s.mongo.value?.voters ?? of) / 2) + 1;
  // Half the drives are parity; a write needs one more than half (MinIO: erasure coding of 4 drives, EC:2).
  if (service === 'minio') return Math.floor(of / 2) + 1;
  return 1;
}

type Tally = { up: number; possible: number; need: number; of: number; hurt: boolean };

function verdict(s: Snapshot, service: string, t: Tally): Health {
  const said = ownWord(s, service);
  if (said === false) return 'down';
  if (said === null && t.up < t.need) return t.possible >= t.need ? 'unknown' : 'down';
  if (t.hurt) return 'unstable';
  return 'up';
}

/** What the service itself says of its quorum, which counts more than our count of its members; null: it was not asked. */
function ownWord(s: Snapshot, service: string): boolean | null {
  const sentinel = isStale('sentinel', s.sentinel.okAt, s.now) ? null : s.sentinel.value;
  const mongo = isStale('mongo', s.mongo.okAt, s.now) ? null : s.mongo.value;
  if (service === 'redis-sentinel') return sentinel?.canElect ?? null;
  if (service === 'mongo') return mongo && mongo.members.some((m) => m.answered) ? mongo.primary !== null : null;
  if (service !== 'redis-server') return null;
  if (s.configured.redis && s.redis.value && !isStale('redis', s.redis.okAt, s.now)) return true;
  if (!sentinel) return null;
  return sentinel.master === null ? false : null;
}

function sentence(service: string, state: Health, up: number, of: number, need: number): string {
  const loss = LOSS[service] ?? `${service} is away`;
  if (state === 'down') return `${loss}.`;
  if (state === 'unknown') return `${up} of ${of} are known to be up; ${need} are needed.`;
  if (state === 'up') return `${up} of ${of} up.`;
  const spare = Math.max(0, up - need);
  return spare === 0 && need > 1 ? `${up} of ${of} up; one more loss and ${loss}.` : `${up} of ${of} up.`;
}
