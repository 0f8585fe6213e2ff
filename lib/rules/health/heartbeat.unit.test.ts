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
