import { describe, expect, test } from 'vitest';
import { container, edit, host, lost, mediaNode, NOW, probe, record, timed, unread, well } from './fixture';
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
