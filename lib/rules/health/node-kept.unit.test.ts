import { describe, expect, test } from 'vitest';
import { placementOf } from '../placement';
import { container, edit, host, lost, NOW, powerOff, probe, record, timed, unread, well } from './fixture';
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
  test('a room mapped to a dead process of the machine counts on it as it does in the list, and hides nobody who is relayed', () => {
    const s = well();
    const redis = s.redis.value!;
    redis.nodes.push(record(0, { id: 'ND_dead', updatedAt: NOW - 600_000 }));
    redis.roomNodeMap.set('three', 'ND_dead');
    redis.rooms.push({ sid: 'RM_3', name: 'three', participants: 4, publishers: 1, recording: false, createdAt: NOW - 700_000 });
    expect(media({}, { ...s, placement: placementOf(redis) }).figures).toMatchObject({ rooms: 2, participants: 6, relayed: 1 });
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
