import type { ContainerReading, HostReading, HttpReading, LivekitNodeRecord, RedisReading, Timed } from '../readings';
import { placementOf } from '../placement';
import type { NodeSnapshot, Probe, ProbeState, Snapshot } from './snapshot';

/** A well deployment of 4 masters and 3 media nodes at one moment, for tests of the rules; change what the test is about. */
export const NOW = Date.parse('2026-11-21T02:41:30.000Z');
export const MASTERS = ['10.0.0.11', '10.0.0.12', '10.0.0.13', '10.0.0.14'];
export const MEDIA = ['10.0.1.1', '10.0.1.2', '10.0.1.3'];

export const timed = <T>(value: T | null, okAt: number | null = NOW - 500): Timed<T> => ({
  value,
  okAt,
  readAt: okAt,
  error: null,
});
export const unread: Timed<never> = { value: null, okAt: null, readAt: null, error: null };
export const lost = <T>(t: Timed<T>, agoMs = 60_000): Timed<T> => ({
  ...t,
  okAt: NOW - agoMs,
  readAt: NOW - 100,
  error: 'no answer within 5000 ms',
});

export function container(name: string, more: Partial<ContainerReading> = {}): ContainerReading {
  return {
    name,
    id: `id-${name}`,
    image: `openvidu/${name}:3.8.0`,
    state: 'running',
    startedAt: NOW - 3_600_000,
    finishedAt: null,
    restartCount: 0,
    exitCode: null,
    oomKilled: false,
    pid: 100,
    restartPolicy: 'unless-stopped',
    stopSignal: null,
    agent: false,
    ...more,
  };
}

export function host(containers: ContainerReading[] | null): HostReading {
  return {
    nodeTime: NOW - 500,
    bootId: 'boot-1',
    hostname: 'host',
    bootedAt: NOW - 86_400_000,
    cpu: 0.2,
    cpus: 4,
    load1: 0.5,
    memUsed: 2 ** 30,
    memTotal: 2 ** 32,
    diskUsed: 2 ** 34,
    diskTotal: 2 ** 36,
    rxBps: 1_000,
    txBps: 2_000,
    oomKills: 0,
    containers,
    containersError: null,
    egressIds: [],
    egressError: null,
    ingressAvailable: true,
    ingressError: null,
    connections: {},
    nodesErrors: [],
    configHashes: {},
    scriptCpuMs: 10,
  };
}

export function record(i: number, more: Partial<LivekitNodeRecord> = {}): LivekitNodeRecord {
  return {
    id: `ND_${i}`,
    ip: MEDIA[i] ?? `10.0.1.${i + 1}`,
    state: 'SERVING',
    startedAt: NOW - 3_600_000,
    updatedAt: NOW - 1_000,
    numCpus: 4,
    cpuLoad: 0.1,
    load1: 0.2,
    memoryTotal: 2 ** 32,
    memoryUsed: 2 ** 30,
    numRooms: 1,
    numClients: 3,
    tracksIn: 2,
    tracksOut: 4,
    bytesInPerSec: 10,
    bytesOutPerSec: 20,
    participantJoined: 9,
    ...more,
  };
}

export function probe(name: Probe, outcome: HttpReading['outcome'], since = NOW - 60_000): ProbeState {
  const ok = outcome === 'answered';
  const detail = outcome === 'answered' ? '200' : outcome;
  return {
    value: { probe: name, ok, status: ok ? 200 : null, outcome, detail, ms: 3 },
    okAt: ok ? NOW - 500 : NOW - 30_000,
    readAt: NOW - 500,
    error: ok ? null : detail,
    since,
  };
}

export function mediaNode(i: number): NodeSnapshot {
  return {
    id: `media-${i}`,
    name: `media-${i + 1}`,
    role: 'media',
    address: MEDIA[i] ?? `10.0.1.${i + 1}`,
    desired: 'serving',
    declared: true,
    stream: timed(host(['openvidu', 'ingress', 'egress', 'caddy'].map((n) => container(n)))),
    events: [],
    http: { livekit: probe('livekit', 'answered') },
    record: record(i),
    beatSeenAt: NOW - 800,
    beatAgeMs: 200,
    livekitNodeId: `ND_${i}`,
    present: { value: true, since: NOW - 3_600_000, at: NOW - 300 },
    previous: null,
  };
}

const ON_MASTER = [
  'caddy',
  'operator',
  'redis-server',
  'redis-sentinel',
  'mongo',
  'minio',
  'dashboard',
  'grafana',
  'mimir',
  'loki',
];

export function masterNode(i: number): NodeSnapshot {
  return {
    ...mediaNode(i),
    id: `master-${i}`,
    name: `master-${i + 1}`,
    role: 'master',
    address: MASTERS[i] ?? '',
    stream: timed(host(ON_MASTER.map((n) => container(n)))),
    http: { caddy: probe('caddy', 'answered'), minio: probe('minio', 'answered') },
    record: null,
    beatSeenAt: null,
    beatAgeMs: null,
    livekitNodeId: null,
    present: null,
  };
}

export function well(): Snapshot {
  const nodes = [...MASTERS.map((_, i) => masterNode(i)), ...MEDIA.map((_, i) => mediaNode(i))];
  const redis: RedisReading = {
    time: NOW,
    master: '10.0.0.11:7000',
    nodes: MEDIA.map((_, i) => record(i)),
    roomNodeMap: new Map([
      ['one', 'ND_0'],
      ['two', 'ND_1'],
    ]),
    rooms: [
      { sid: 'RM_1', name: 'one', participants: 2, publishers: 1, recording: false, createdAt: NOW - 60_000 },
      { sid: 'RM_2', name: 'two', participants: 5, publishers: 2, recording: false, createdAt: NOW - 60_000 },
    ],
  };
  return {
    now: NOW,
    watchingSince: NOW - 3_600_000,
    timeZone: 'UTC',
    platform: 'onprem',
    minMediaNodes: 1,
    configured: { redis: true, presence: true, sentinel: true, livekit: true, stream: true, http: true, mongo: true },
    redis: timed(redis),
    presence: timed({
      nodes: new Set(['ND_0', 'ND_1', 'ND_2']),
      roomHosts: new Map(),
      egressTaking: 3,
      egressAlive: 3,
      ingressTaking: 3,
      ingressAlive: 3,
    }),
    sentinel: timed({
      masterName: 'openvidu',
      master: '10.0.0.11:7000',
      peers: MASTERS.map((address, i) => ({
        address,
        answered: true,
        error: null,
        role: i === 0 ? ('master' as const) : ('replica' as const),
        sDown: false,
        votesDown: 0,
      })),
      canElect: true,
      configEpoch: 1,
    }),
    mongo: timed({
      members: MASTERS.map((address, i) => ({
        address: `${address}:20000`,
        answered: true,
        error: null,
        state: i === 0 ? ('primary' as const) : ('secondary' as const),
      })),
      primary: '10.0.0.11:20000',
      voters: 4,
    }),
    livekit: timed({ rooms: [], egress: [], ingress: [] }),
    redisGraceUntil: 0,
    redisFailingSince: null,
    placement: placementOf(redis),
    nodes,
  };
}

export function edit(s: Snapshot, name: string, change: (n: NodeSnapshot) => Partial<NodeSnapshot>): Snapshot {
  return { ...s, nodes: s.nodes.map((n) => (n.name === name ? { ...n, ...change(n) } : n)) };
}

/** A master without power: silent to us, and its peers know. */
export function powerOff(s: Snapshot, name: string): Snapshot {
  const address = s.nodes.find((n) => n.name === name)?.address;
  const silent = edit(s, name, (n) => ({
    stream: lost(n.stream),
    http: { caddy: probe('caddy', 'timeout'), minio: probe('minio', 'timeout') },
  }));
  const sentinel = s.sentinel.value;
  const mongo = s.mongo.value;
  return {
    ...silent,
    sentinel: timed(
      sentinel && {
        ...sentinel,
        peers: sentinel.peers.map((p) =>
          p.address === address ? { ...p, answered: false, error: 'no answer', role: null, sDown: true, votesDown: 3 } : p,
        ),
      },
    ),
    mongo: timed(
      mongo && {
        ...mongo,
        members: mongo.members.map((m) =>
          m.address === `${address}:20000` ? { ...m, answered: false, error: 'no answer', state: null } : m,
        ),
      },
    ),
  };
}
