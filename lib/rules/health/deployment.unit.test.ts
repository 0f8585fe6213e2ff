import { describe, expect, test } from 'vitest';
import { container, edit, host, lost, NOW, powerOff, probe, timed, well } from './fixture';
import { deriveDeployment } from './deployment';
import { deriveNode } from './node';
import type { DeploymentState, Snapshot } from './snapshot';

const derive = (s: Snapshot, before: DeploymentState | null = null) =>
  deriveDeployment(
    s,
    s.nodes.map((node) => ({ node, state: deriveNode(s, node) })),
    before,
  );
const off = (...names: string[]) => names.reduce(powerOff, well());
const quorum = (s: Snapshot, canElect: boolean, primary: string | null): Snapshot => ({
  ...s,
  sentinel: timed({ ...s.sentinel.value!, canElect }),
  mongo: timed({ ...s.mongo.value!, primary }),
});
const killed = (s: Snapshot, name: string) =>
  edit(s, name, () => ({
    stream: timed(host([container('openvidu', { state: 'exited', exitCode: 137 })])),
    present: { value: false, since: NOW - 700, at: NOW - 200 },
    http: { livekit: probe('livekit', 'refused', NOW - 700) },
  }));

test('all well is UP and says how many of what', () => {
  const d = derive(well());
  expect(d).toMatchObject({ status: 'UP', sentence: 'All well: 4 of 4 masters, 3 of 3 media nodes.', reasons: [] });
  expect(d.quorum.rows.map((r) => [r.service, r.state, r.up, r.need])).toEqual(
    expect.arrayContaining([
      ['caddy', 'up', 4, 1],
      ['redis-server', 'up', 4, 1],
      ['redis-sentinel', 'up', 4, 3],
      ['mongo', 'up', 4, 3],
      ['minio', 'up', 4, 3],
    ]),
  );
  expect(d.quorum.rows.find((r) => r.service === 'mongo')?.cells[0]).toMatchObject({
    node: 'master-1',
    state: 'up',
    note: 'primary',
  });
});

describe("the vendor's failure matrix", () => {
  test('1 master down: calls go on', () => {
    const d = derive(off('master-2'));
    expect(d.status).toBe('UNSTABLE');
    expect(d.sentence).toMatch(/^1 of 4 masters down since 02:41: master-2; calls go on/);
  });
  test('2 masters down: recordings cannot upload', () => {
    const d = derive(quorum(off('master-2', 'master-3'), false, '10.0.0.11:20000'));
    expect(d.status).toBe('UNSTABLE');
    expect(d.sentence).toMatch(/^2 of 4 masters down since 02:41: recordings cannot upload; calls go on/);
    expect(d.quorum.rows.find((r) => r.service === 'minio')).toMatchObject({ state: 'down', up: 2, need: 3 });
  });
  test('2 masters down on a cloud without MinIO says nothing of recordings', () => {
    const s = off('master-2', 'master-3');
    const cloud = {
      ...s,
      platform: 'aws' as const,
      nodes: s.nodes.map((n) => ({
        ...n,
        stream: {
          ...n.stream,
          value: n.stream.value && {
            ...n.stream.value,
            containers: n.stream.value.containers!.filter((c) => c.name !== 'minio'),
          },
        },
      })),
    };
    expect(derive(cloud).sentence).not.toMatch(/recordings/);
  });
  test('3 masters down: service is interrupted', () => {
    const d = derive(quorum(off('master-2', 'master-3', 'master-4'), false, null));
    expect(d.status).toBe('DOWN');
    expect(d.sentence).toMatch(/3 of 4 masters down since 02:41: service is interrupted/);
  });
});

test('no media node that serves is DOWN', () => {
  const d = derive(['media-1', 'media-2', 'media-3'].reduce(killed, well()));
  expect(d).toMatchObject({ status: 'DOWN' });
  expect(d.sentence).toMatch(/no media node serves/i);
});
test('one media node down is UNSTABLE and named', () => {
  const d = derive(killed(well(), 'media-2'));
  expect(d.status).toBe('UNSTABLE');
  expect(d.sentence).toMatch(/^media-2 is down/);
});
test('fewer media nodes than wanted is UNSTABLE', () => {
  expect(derive({ ...killed(well(), 'media-2'), minMediaNodes: 3 }).reasons.map((r) => r.code)).toContain('few-media');
});
test('a node that is kept stopped does not count', () => {
  const s = edit(killed(well(), 'media-2'), 'media-2', () => ({ desired: 'stopped' }));
  expect(derive(s)).toMatchObject({ status: 'UP', sentence: 'All well: 4 of 4 masters, 2 of 2 media nodes.' });
});
test('Caddies that all refuse are DOWN', () => {
  const s = ['master-1', 'master-2', 'master-3', 'master-4'].reduce(
    (x, name) =>
      edit(x, name, (n) => ({
        http: { ...n.http, caddy: probe('caddy', 'refused') },
        stream: timed(host([container('mongo'), container('caddy', { state: 'exited', exitCode: 1 })])),
      })),
    well(),
  );
  expect(derive(s)).toMatchObject({ status: 'DOWN' });
});
test('MongoDB without a primary and Sentinel without a majority are UNSTABLE with their meaning', () => {
  const d = derive(quorum(well(), false, null));
  expect(d.status).toBe('UNSTABLE');
  expect(d.reasons.map((r) => r.code)).toEqual(expect.arrayContaining(['mongo-lost', 'redis-sentinel-lost']));
});

describe('Redis between two masters', () => {
  const away = (ms: number): Snapshot => {
    const s = well();
    const peers = s.sentinel.value!.peers.map((p) => ({ ...p, role: null, sDown: true, votesDown: 3 }));
    return {
      ...s,
      redis: lost(s.redis, ms),
      redisFailingSince: NOW - ms,
      sentinel: timed({ ...s.sentinel.value!, master: null, peers }),
    };
  };
  test('is named, and is no outage while it may elect', () => {
    const s = well();
    const d = derive({ ...s, redis: lost(s.redis, 3_000), redisFailingSince: NOW - 3_000 });
    expect(d.status).toBe('UNSTABLE');
    expect(d.sentence).toMatch(/Redis does not answer.*elect/);
    expect(d.reasons.some((r) => r.code.startsWith('node-'))).toBe(false);
  });
  test('is DOWN when it lasts', () => {
    expect(derive(away(30_000))).toMatchObject({ status: 'DOWN' });
  });
});

describe('what cannot be seen is UNKNOWN, never DOWN', () => {
  const blind = (): Snapshot => {
    const s = well();
    return {
      ...s,
      redis: lost(s.redis),
      presence: lost(s.presence),
      sentinel: lost(s.sentinel),
      mongo: lost(s.mongo),
      livekit: lost(s.livekit),
      redisFailingSince: NOW - 60_000,
      nodes: s.nodes.map((n) => ({
        ...n,
        stream: lost(n.stream),
        http: Object.fromEntries(Object.keys(n.http).map((p) => [p, probe(p as 'caddy', 'timeout')])),
      })),
    };
  };
  test('everything silent', () => {
    expect(derive(blind()).status).toBe('UNKNOWN');
  });
  test("LiveKit's API that answers proves that calls work", () => {
    expect(derive({ ...blind(), livekit: well().livekit }).status).not.toBe('UNKNOWN');
  });
  test('only the API was given: says so and what to add', () => {
    const none = { redis: false, presence: false, sentinel: false, mongo: false, stream: false, http: false, livekit: true };
    const d = derive({ ...well(), nodes: [], configured: none });
    expect(d).toMatchObject({ status: 'UNKNOWN' });
    expect(d.sentence).toMatch(/API answers.*add/);
  });
});

test('since is kept while the status holds and begins anew when it changes', () => {
  const first = { ...derive(off('master-2')), since: '2026-11-20T20:00:00.000Z' };
  expect(derive(off('master-2'), first).since).toBe(first.since);
  expect(derive(off('master-3'), first).since).toBe(first.since);
  expect(derive(well(), first)).toMatchObject({ status: 'UP', since: new Date(NOW).toISOString() });
});
