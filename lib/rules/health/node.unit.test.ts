import { describe, expect, test } from 'vitest';
import { container, edit, host, lost, mediaNode, NOW, powerOff, probe, record, timed, unread, well } from './fixture';
import { deriveNode } from './node';
import type { NodeSnapshot, NodeState, Snapshot } from './snapshot';

const of = (s: Snapshot, name: string) =>
  deriveNode(
    s,
    s.nodes.find((n) => n.name === name)!,
  );
const media = (change: Partial<NodeSnapshot>, s = well()) =>
  of(
    edit(s, 'media-1', () => change),
    'media-1',
  );
const up = (): NodeState => of(well(), 'media-1');
const containers = (openvidu: Parameters<typeof container>[1]) =>
  timed(host([container('openvidu', openvidu), container('egress'), container('ingress')]));
const goneSubscription = { value: false, since: NOW - 700, at: NOW - 200 };
const staleRecord = record(0, { updatedAt: NOW - 9_000 });

test('a well deployment has no node that is not up and serving', () => {
  const s = well();
  for (const n of s.nodes)
    expect(deriveNode(s, n)).toMatchObject({ health: 'up', stage: 'serving', reasons: [], sentence: 'Serving.' });
});

describe('a media node is down when two kinds of evidence say that LiveKit is gone', () => {
  test.each<[string, Partial<NodeSnapshot>]>([
    [
      'container exited and subscription gone',
      { stream: containers({ state: 'exited', exitCode: 137, finishedAt: NOW - 900 }), present: goneSubscription },
    ],
    [
      'an exit event between two ticks, and subscription gone',
      {
        events: [{ at: NOW - 300, name: 'openvidu', action: 'die', exitCode: 137, signal: null }],
        present: { ...goneSubscription, since: NOW - 200 },
      },
    ],
    [
      'port refused, subscription gone, no SSH',
      { stream: unread, http: { livekit: probe('livekit', 'refused', NOW - 400) }, present: goneSubscription },
    ],
    [
      'port refused, subscription gone, heartbeat stale',
      {
        stream: unread,
        http: { livekit: probe('livekit', 'refused', NOW - 9_000) },
        present: { ...goneSubscription, since: NOW - 9_000 },
        record: staleRecord,
        beatSeenAt: NOW - 9_000,
      },
    ],
    [
      'subscription gone and heartbeat stale',
      {
        stream: unread,
        http: {},
        present: { ...goneSubscription, since: NOW - 9_000 },
        record: staleRecord,
        beatSeenAt: NOW - 9_000,
      },
    ],
    [
      'container exited long enough without any sign of life',
      {
        events: [{ at: NOW - 1_600, name: 'openvidu', action: 'die', exitCode: 1, signal: null }],
        stream: timed(mediaNode(0).stream.value, NOW - 3_000),
        present: { value: true, since: 0, at: NOW - 2_000 },
        beatSeenAt: NOW - 2_000,
        http: {},
      },
    ],
  ])('%s', (_, change) => {
    const state = media(change);
    expect(state.health).toBe('down');
    expect(state.reasons[0]?.severity).toBe('critical');
    expect(state.sentence).toMatch(/since 02:41/);
  });

  test('it stays down while nothing is heard of it, also when its entry has left Redis', () => {
    const previous = media({ stream: containers({ state: 'exited', exitCode: 137 }), present: goneSubscription });
    const later = media({ previous, record: null, present: null, stream: lost(timed(host(null))), http: {} });
    expect(later.health).toBe('down');
    expect(later.since).toBe(previous.since);
  });

  test('it is up again when it lives', () => {
    const previous = { ...up(), health: 'down' as const, stage: 'stopped' as const, since: new Date(NOW - 60_000).toISOString() };
    expect(media({ previous })).toMatchObject({ health: 'up', stage: 'serving', since: new Date(NOW).toISOString() });
  });
});

describe('loss of one signal alone changes nothing and is named', () => {
  const cases: [string, Partial<NodeSnapshot>, RegExp][] = [
    ['SSH stream', { stream: lost(mediaNode(0).stream) }, /SSH stream is silent/],
    ['HTTP time-out', { http: { livekit: probe('livekit', 'timeout') } }, /GET \/ of LiveKit is silent/],
  ];
  test.each(cases)('%s', (_, change, words) => {
    const state = media({ ...change, previous: up() });
    expect(state.health).toBe('up');
    expect(state.sentence).toMatch(words);
    expect(state.signals.filter((x) => x.state === 'silent')).toHaveLength(1);
    expect(state.signals.find((x) => x.state === 'silent')?.advice).toBeTruthy();
  });

  test.each<[string, Partial<Snapshot>]>([
    ['Redis', { redis: lost(well().redis), redisFailingSince: NOW - 60_000 }],
    ['presence', { presence: lost(well().presence) }],
  ])('%s unread for a minute', (_, change) => {
    const state = media({ previous: up() }, { ...well(), ...change });
    expect(state.health).toBe('up');
    expect(state.sentence).toMatch(/silent/);
  });

  test('a port that refuses while the heartbeat is fresh and the subscription is there', () => {
    expect(media({ http: { livekit: probe('livekit', 'refused') }, previous: up() })).toMatchObject({
      health: 'up',
      reasons: [{ code: 'port-refused' }],
    });
  });

  test('a subscription that is gone while the heartbeat goes on', () => {
    expect(media({ present: { value: false, since: NOW - 5_000, at: NOW - 200 }, previous: up() })).toMatchObject({
      health: 'up',
      reasons: [{ code: 'presence-gone' }],
    });
  });
});

test('a node that is silent on every way is unknown, and its sentence names the silent signals', () => {
  const s = { ...well(), redis: lost(well().redis), presence: lost(well().presence), redisFailingSince: null };
  const state = media({ stream: lost(mediaNode(0).stream), http: { livekit: probe('livekit', 'timeout') }, previous: up() }, s);
  expect(state).toMatchObject({ health: 'unknown', stage: 'unknown' });
  expect(state.sentence).toMatch(/heartbeat.*pub\/sub presence.*SSH stream.*silent/);
});

test('a stale heartbeat while the process lives is cut off: unstable, calls go on', () => {
  const state = media({ record: staleRecord, beatSeenAt: NOW - 9_000, previous: up() });
  expect(state).toMatchObject({ health: 'unstable', reasons: [{ code: 'cut-off' }] });
  expect(state.sentence).toMatch(/calls here go on/);
});

test('a process that neither answers nor writes while its machine is well hangs', () => {
  const state = media({
    record: staleRecord,
    beatSeenAt: NOW - 9_000,
    http: { livekit: probe('livekit', 'timeout') },
    previous: up(),
  });
  expect(state).toMatchObject({ health: 'down', reasons: [{ code: 'hung' }, { code: 'silent-http' }] });
});

test('a stale heartbeat with silence everywhere else is amber, and says powered off or cut off', () => {
  const state = media({
    record: staleRecord,
    beatSeenAt: NOW - 9_000,
    stream: lost(mediaNode(0).stream),
    http: { livekit: probe('livekit', 'timeout') },
    previous: up(),
  });
  expect(state).toMatchObject({ health: 'unstable', reasons: [{ code: 'heartbeat-stale' }, {}, {}] });
  expect(state.sentence).toMatch(/powered off or cut off/);
});

test('a last tick from before the heartbeat went stale is no proof of life: a cut machine is not taken for one that hangs', () => {
  const stream = timed(mediaNode(0).stream.value, NOW - 6_000);
  const state = media({
    record: staleRecord,
    beatSeenAt: NOW - 9_000,
    stream,
    http: { livekit: probe('livekit', 'timeout', NOW - 2_000) },
    previous: up(),
  });
  expect(state).toMatchObject({ health: 'unstable', reasons: [{ code: 'heartbeat-stale' }, {}] });
});

describe('stale heartbeats of all at once are the fault of Redis', () => {
  const allStale = () => {
    const s = well();
    return {
      ...s,
      nodes: s.nodes.map((n, i) =>
        n.role === 'media'
          ? { ...n, previous: deriveNode(s, n), record: record(i - 4, { updatedAt: NOW - 9_000 }), beatSeenAt: NOW - 9_000 }
          : n,
      ),
    };
  };
  test('no node turns red or amber, and each names Redis', () => {
    const s = allStale();
    for (const n of s.nodes) expect(deriveNode(s, n).health).toBe('up');
    expect(of(s, 'media-1').reasons[0]).toMatchObject({ code: 'redis-fault' });
  });
  test('within the grace after a failover not even one node alone does', () => {
    const s = { ...well(), redisGraceUntil: NOW + 3_000 };
    expect(media({ record: staleRecord, beatSeenAt: NOW - 9_000, previous: up() }, s).health).toBe('up');
  });
  test('a container that exits in the grace is down all the same', () => {
    const s = { ...allStale(), redisGraceUntil: NOW + 3_000 };
    const state = media(
      {
        stream: containers({ state: 'exited', exitCode: 137 }),
        http: { livekit: probe('livekit', 'refused', NOW - 400) },
        present: goneSubscription,
      },
      s,
    );
    expect(state.health).toBe('down');
  });
});

describe('stages', () => {
  test.each<[string, Partial<NodeSnapshot>, string, string]>([
    ['draining', { record: record(0, { state: 'SHUTTING_DOWN' }) }, 'draining', 'up'],
    ['starting', { record: record(0, { state: 'STARTING_UP' }) }, 'starting', 'up'],
    [
      'drained: all have ended cleanly',
      {
        previous: { ...up(), stage: 'draining' },
        record: null,
        present: goneSubscription,
        stream: timed(host(['openvidu', 'egress', 'ingress'].map((n) => container(n, { state: 'exited', exitCode: 0 })))),
        http: {},
      },
      'drained',
      'unstable',
    ],
    [
      'draining while egress still uploads',
      {
        previous: { ...up(), stage: 'draining' },
        record: null,
        present: goneSubscription,
        stream: containers({ state: 'exited', exitCode: 0 }),
        http: {},
      },
      'draining',
      'unstable',
    ],
    [
      'killed is stopped, not drained',
      { stream: containers({ state: 'exited', exitCode: 137 }), present: goneSubscription },
      'stopped',
      'down',
    ],
  ])('%s', (_, change, stage, health) => {
    expect(media(change)).toMatchObject({ stage, health });
  });
});

test('a node that is kept stopped is not red', () => {
  const state = media({
    desired: 'stopped',
    stream: containers({ state: 'exited', exitCode: 0 }),
    http: { livekit: probe('livekit', 'refused') },
    present: goneSubscription,
    record: null,
  });
  expect(state).toMatchObject({ health: 'unknown', stage: 'stopped', reasons: [{ code: 'kept-stopped' }] });
  expect(state.sentence).toMatch(/kept stopped/);
});

test('an egress worker that exited makes its node unstable, not down', () => {
  const stream = timed(
    host([container('openvidu'), container('egress', { state: 'exited', exitCode: 1 }), container('ingress')]),
  );
  const state = media({ stream });
  expect(state).toMatchObject({
    health: 'unstable',
    stage: 'serving',
    reasons: [{ code: 'container-exited', service: 'egress' }],
  });
});

describe('a clock that is off', () => {
  test.each([
    ['behind', -90_000],
    ['ahead', 90_000],
  ])('%s is named as such while the heartbeat moves', (words, offset) => {
    const state = media({ record: record(0, { updatedAt: NOW + offset }), beatSeenAt: NOW - 900, beatAgeMs: -offset });
    expect(state).toMatchObject({ health: 'unstable', stage: 'serving', reasons: [{ code: 'clock-skew' }] });
    expect(state.sentence).toContain(words);
  });
  test('keeps no dead LiveKit alive', () => {
    const dead = {
      record: record(0, { updatedAt: NOW + 90_000 }),
      beatSeenAt: NOW - 7_000,
      beatAgeMs: -90_000,
      stream: unread,
      http: {},
    };
    expect(media({ ...dead, present: { ...goneSubscription, since: NOW - 6_000 } }).health).toBe('down');
  });
  test('is not read out of a heartbeat that merely stopped', () => {
    const state = media({
      record: record(0, { updatedAt: NOW - 5_800 }),
      beatSeenAt: NOW - 4_000,
      beatAgeMs: 1_800,
      previous: up(),
    });
    expect(state.reasons.map((r) => r.code)).toEqual(['cut-off']);
  });
});

describe('masters', () => {
  test('a powered-off master is silent to us, and the votes of its peers say down', () => {
    const state = of(powerOff(well(), 'master-2'), 'master-2');
    expect(state).toMatchObject({ health: 'down', stage: 'stopped' });
    expect(state.reasons[0]?.code).toBe('master-gone');
    expect(state.sentence).toMatch(/3 sentinels/);
  });
  test('a master that is silent to us alone is unknown', () => {
    const off = powerOff(well(), 'master-2');
    const s = { ...off, sentinel: well().sentinel };
    const quiet = {
      ...s,
      sentinel: timed(
        s.sentinel.value && {
          ...s.sentinel.value,
          peers: s.sentinel.value.peers.map((p, i) => (i === 1 ? { ...p, answered: false, error: 'no answer' } : p)),
        },
      ),
    };
    expect(of(quiet, 'master-2')).toMatchObject({ health: 'unknown' });
  });
  test('refused ports and ended containers are two kinds', () => {
    const s = edit(well(), 'master-2', () => ({
      stream: timed(host(['caddy', 'mongo'].map((n) => container(n, { state: 'exited', exitCode: 0 })))),
      http: { caddy: probe('caddy', 'refused') },
    }));
    const peers = s.sentinel.value!.peers.map((p, i) =>
      i === 1 ? { ...p, answered: false, error: 'refused the connection' } : p,
    );
    const members = s.mongo.value!.members.map((m, i) =>
      i === 1 ? { ...m, answered: false, error: 'refused the connection', state: null } : m,
    );
    expect(
      of({ ...s, sentinel: timed({ ...s.sentinel.value!, peers }), mongo: timed({ ...s.mongo.value!, members }) }, 'master-2')
        .health,
    ).toBe('down');
  });
  test('one service that ended makes a master unstable and is named', () => {
    const s = edit(well(), 'master-2', (n) => ({
      stream: timed(
        host(n.stream.value!.containers!.map((c) => (c.name === 'minio' ? { ...c, state: 'exited' as const, exitCode: 1 } : c))),
      ),
    }));
    expect(of(s, 'master-2')).toMatchObject({ health: 'unstable', reasons: [{ code: 'container-exited', service: 'minio' }] });
  });
  test('loss of SSH alone leaves it up and says so', () => {
    const s = edit(well(), 'master-2', (n) => ({ stream: lost(n.stream) }));
    expect(of(s, 'master-2')).toMatchObject({ health: 'up', sentence: 'Serving; SSH stream is silent.' });
  });
});

describe('since', () => {
  test('is kept while nothing changes, whatever the words of a reason do', () => {
    const first = media({ record: staleRecord, beatSeenAt: NOW - 9_000 });
    const s = { ...well(), now: NOW + 1_000 };
    const second = media({ record: staleRecord, beatSeenAt: NOW - 9_000, previous: first }, s);
    expect(second.since).toBe(first.since);
    expect(second.reasons[0]?.since).toBe(first.reasons[0]?.since);
  });
  test('is kept across a change of leader that has read nothing yet', () => {
    const previous = {
      ...media({ stream: containers({ state: 'exited', exitCode: 137 }), present: goneSubscription }),
      since: '2026-11-21T01:00:00.000Z',
    };
    const s = { ...well(), redis: unread, presence: unread, watchingSince: NOW - 100 };
    const state = media({ previous, stream: unread, http: {}, record: null, present: null, beatSeenAt: null }, s);
    expect(state).toMatchObject({ health: 'down', since: previous.since, stage: previous.stage });
  });
});

describe('figures', () => {
  test('come from the room map, and relayed people are never below zero', () => {
    expect(up().figures).toMatchObject({ rooms: 1, participants: 2, clients: 3, relayed: 1 });
    expect(media({ record: record(0, { numClients: 1 }) }).figures.relayed).toBe(0);
  });
  test('what is not known is null, never zero', () => {
    const s = {
      ...well(),
      redis: unread,
      configured: { ...well().configured, redis: false },
    };
    expect(media({ record: null, stream: unread, livekitNodeId: null }, s).figures).toMatchObject({
      rooms: null,
      participants: null,
      relayed: null,
      egress: null,
      cpu: null,
    });
  });
  test('a reboot is counted once, and the jitter of the boot time is none', () => {
    const first = up();
    expect(media({ previous: first, stream: timed({ ...host([]), bootedAt: NOW - 86_398_000 }) }).figures).toMatchObject({
      reboots: 0,
      bootedAt: first.figures.bootedAt,
    });
    expect(media({ previous: first, stream: timed({ ...host([]), bootedAt: NOW - 5_000 }) }).figures.reboots).toBe(1);
  });
});
