import type { QuorumMatrix, QuorumRow } from '@/lib/contract/health';

const NAMES = ['master-1', 'master-2', 'master-3', 'master-4'];

function row(service: string, need: number, sentence: string, notes: (string | null)[], bad: number[] = []): QuorumRow {
  const cells = NAMES.map((node, i) => ({
    node,
    state: bad.includes(i) ? ('unstable' as const) : ('up' as const),
    note: notes[i] ?? null,
  }));
  return { service, state: bad.length > 0 ? 'unstable' : 'up', up: 4 - bad.length, of: 4, need, sentence, cells };
}
const none = [null, null, null, null];

export const MATRIX: QuorumMatrix = {
  rows: [
    row('redis-sentinel', 3, 'Sentinel can elect a new Redis master.', none),
    row('redis-server', 1, 'Redis has a master.', ['replica', 'master', 'replica', 'replica']),
    row('mongo', 3, 'MongoDB has a primary.', ['primary', 'secondary', 'secondary', 'secondary']),
    row(
      'minio',
      3,
      'MinIO can write. If one more is lost, recordings cannot upload.',
      [null, null, 'restarted 4 times', null],
      [2],
    ),
    row('caddy', 1, 'Requests are answered.', none),
    row('operator', 1, 'Media nodes are added to Caddy by themselves.', none),
    row('dashboard', 1, 'The dashboard is there.', none),
    row('openvidu-meet', 1, 'OpenVidu Meet is there.', none),
    row('mimir', 2, 'Metrics are kept.', none),
    row('loki', 2, 'Logs are kept.', none),
    row('grafana', 1, 'Grafana is there.', none),
  ],
};
