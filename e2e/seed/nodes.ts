import type { NodeFigures, Reason, ServiceView, SignalView } from '@/lib/contract/health';
import type { Health, Role, Source, Stage } from '@/lib/contract/names';
import { MASTER_SERVICES, MEDIA_SERVICES } from '@/lib/contract/names';

/** One node of the seeded deployment, as a worker would have left it. Times in minutes before now. */
export interface SeedNode {
  name: string;
  role: Role;
  address: string;
  declared: boolean;
  health: Health;
  stage: Stage;
  sentence: string;
  sinceMin: number;
  reasons: Omit<Reason, 'since'>[];
  figures: Partial<NodeFigures>;
  services: Pick<ServiceView, 'service' | 'state' | 'restartCount' | 'exitCode' | 'oomKilled'>[];
  signals: Omit<SignalView, 'okAt' | 'readAt'>[];
  /** CPU at rest, 0..1; null: no samples. */
  cpu: number | null;
  rooms: number;
}

const GIB = 1024 ** 3;
const ok = (source: Source, name: string): SeedNode['signals'][number] => ({
  source,
  name,
  state: 'ok',
  error: null,
  advice: null,
});
const running = (service: string): SeedNode['services'][number] => ({
  service,
  state: 'running',
  restartCount: 0,
  exitCode: 0,
  oomKilled: false,
});

const figures = (cpu: number, more: Partial<NodeFigures> = {}): Partial<NodeFigures> => ({
  cpu,
  load1: Math.round(cpu * 830) / 100,
  cpus: 8,
  memUsed: (3.1 + cpu * 6) * GIB,
  memTotal: 16 * GIB,
  diskUsed: 41.6 * GIB,
  diskTotal: 100 * GIB,
  rxBps: cpu * 31_000_000,
  txBps: cpu * 88_000_000,
  clockOffsetMs: 12,
  reboots: 0,
  oomKills: 0,
  ...more,
});

function master(n: number): SeedNode {
  return {
    name: `master-${n}`,
    role: 'master',
    address: `10.20.0.1${n}`,
    declared: true,
    health: 'up',
    stage: 'serving',
    sentence: 'All 13 services run.',
    sinceMin: 60 * 24 * 11,
    reasons: [],
    figures: figures(0.08 + n / 100),
    services: MASTER_SERVICES.filter((s) => s !== 'app' && s !== 'promtail').map(running),
    signals: [
      ok('sentinel', 'Sentinel'),
      ok('mongo', 'replica set member'),
      ok('stream', 'ssh stream'),
      ok('http', 'GET /health/caddy'),
    ],
    cpu: 0.08 + n / 100,
    rooms: 0,
  };
}

function media(n: number, cpu: number, rooms: number, people: number): SeedNode {
  return {
    name: `media-${n}`,
    role: 'media',
    address: `10.20.0.2${n}`,
    declared: true,
    health: 'up',
    stage: 'serving',
    sentence: 'It serves and takes new rooms.',
    sinceMin: 60 * 24 * 4 + 130,
    reasons: [],
    figures: figures(cpu, {
      rooms,
      participants: people,
      clients: people + 3,
      relayed: 3,
      egress: n === 1 ? 2 : 0,
      ingress: n === 1 ? 1 : 0,
      tracksIn: people * 2,
      tracksOut: people * 11,
    }),
    services: MEDIA_SERVICES.filter((s) => s !== 'promtail').map(running),
    signals: [ok('redis', 'heartbeat'), ok('presence', 'pub/sub presence'), ok('stream', 'ssh stream'), ok('http', 'GET /')],
    cpu,
    rooms,
  };
}

const sick: SeedNode = {
  ...master(3),
  health: 'unstable',
  sentence: 'minio exited 137 and was restarted 4 times.',
  sinceMin: 23,
  reasons: [
    {
      code: 'container-restarting',
      severity: 'warning',
      sentence: 'minio exited 137 and was restarted 4 times.',
      source: 'stream',
      service: 'minio',
    },
  ],
  services: master(3).services.map((s) =>
    s.service === 'minio' ? { ...s, state: 'restarting', restartCount: 4, exitCode: 137, oomKilled: true } : s,
  ),
};

const gone: SeedNode = {
  ...media(2, 0, 0, 0),
  health: 'down',
  stage: 'unknown',
  sentence: 'LiveKit exited 137 at 02:41, and its heartbeat is stale.',
  sinceMin: 7,
  reasons: [
    {
      code: 'container-exited',
      severity: 'critical',
      sentence: 'LiveKit exited with code 137 (SIGKILL).',
      source: 'stream',
      service: 'openvidu',
    },
    {
      code: 'heartbeat-stale',
      severity: 'critical',
      sentence: 'Its heartbeat in Redis is stale, while Redis is well.',
      source: 'redis',
      service: null,
    },
  ],
  figures: figures(0.02, { oomKills: 1, reboots: 1 }),
  services: media(2, 0, 0, 0).services.map((s) => (s.service === 'openvidu' ? { ...s, state: 'exited', exitCode: 137 } : s)),
  signals: [
    {
      source: 'redis',
      name: 'heartbeat',
      state: 'failing',
      error: 'The last heartbeat is 7 min old; the limit is 5 s.',
      advice: null,
    },
    { source: 'presence', name: 'pub/sub presence', state: 'failing', error: 'It is subscribed to nothing.', advice: null },
    ok('stream', 'ssh stream'),
    {
      source: 'http',
      name: 'GET /',
      state: 'failing',
      error: 'connect ECONNREFUSED 10.20.0.22:7880',
      advice: 'Nothing listens on port 7880. See the log of the container openvidu.',
    },
  ],
  cpu: 0.02,
};

const undeclared: SeedNode = {
  ...media(3, 0.22, 4, 31),
  declared: false,
  sinceMin: 96,
  signals: [
    ok('redis', 'heartbeat'),
    ok('presence', 'pub/sub presence'),
    {
      source: 'stream',
      name: 'ssh stream',
      state: 'absent',
      error: null,
      advice: 'Signalbox has no SSH access to it. Declare the node, or let its firewall take port 22 from here.',
    },
    ok('http', 'GET /'),
  ],
  services: [],
};

export const NODES: SeedNode[] = [master(1), master(2), sick, master(4), media(1, 0.46, 10, 174), gone, undeclared];
