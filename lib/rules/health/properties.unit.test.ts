import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { container, host, lost, NOW, probe, record, timed, unread, well } from './fixture';
import { deriveDeployment } from './deployment';
import { deriveNode } from './node';
import type { NodeSnapshot, Snapshot } from './snapshot';

vi.setConfig({ testTimeout: 30_000 });

/** Silence only: nothing answers badly, things merely stop answering, in any combination and for any time. */
const silence = fc.record({
  redis: fc.boolean(),
  presence: fc.boolean(),
  sentinel: fc.boolean(),
  mongo: fc.boolean(),
  livekit: fc.boolean(),
  streams: fc.array(fc.boolean(), { minLength: 7, maxLength: 7 }),
  http: fc.array(fc.boolean(), { minLength: 7, maxLength: 7 }),
  agoMs: fc.integer({ min: 1_000, max: 86_400_000 }),
});

function silenced(x: typeof silence extends fc.Arbitrary<infer T> ? T : never): Snapshot {
  const s = well();
  const quiet = <K extends 'redis' | 'presence' | 'sentinel' | 'mongo' | 'livekit'>(k: K): Snapshot[K] =>
    (x[k] ? lost(s[k] as Snapshot['redis'], x.agoMs) : s[k]) as Snapshot[K];
  return {
    ...s,
    redis: quiet('redis'),
    presence: quiet('presence'),
    sentinel: quiet('sentinel'),
    mongo: quiet('mongo'),
    livekit: quiet('livekit'),
    redisFailingSince: x.redis ? NOW - x.agoMs : null,
    nodes: s.nodes.map((n, i) => ({
      ...n,
      previous: deriveNode(s, n),
      stream: x.streams[i] ? lost(n.stream, x.agoMs) : n.stream,
      http: x.http[i] ? Object.fromEntries(Object.keys(n.http).map((p) => [p, probe(p as 'caddy', 'timeout')])) : n.http,
    })),
  };
}

test('silence never turns a node red, whatever falls silent', () => {
  fc.assert(
    fc.property(silence, (x) => {
      const s = silenced(x);
      for (const n of s.nodes) {
        const state = deriveNode(s, n);
        expect(['up', 'unknown']).toContain(state.health);
        if (state.health === 'unknown') expect(state.sentence).toMatch(/silent|not seen/i);
      }
      const d = deriveDeployment(
        s,
        s.nodes.map((node) => ({ node, state: deriveNode(s, node) })),
        null,
      );
      expect(d.status).not.toBe('DOWN');
    }),
    { numRuns: 200 },
  );
});

test('one kind of evidence alone never turns a media node red while another says alive', () => {
  fc.assert(
    fc.property(fc.constantFrom('port', 'presence', 'heartbeat'), fc.boolean(), (kind, dockerSilent) => {
      const s = well();
      const n = s.nodes.find((x) => x.name === 'media-1')!;
      const change: Partial<NodeSnapshot> =
        kind === 'port'
          ? { http: { livekit: probe('livekit', 'refused') } }
          : kind === 'presence'
            ? { present: { value: false, since: NOW - 20_000, at: NOW - 100 } }
            : { record: record(0, { updatedAt: NOW - 20_000 }), beatSeenAt: NOW - 20_000 };
      const state = deriveNode(s, {
        ...n,
        ...change,
        stream: dockerSilent ? lost(n.stream) : n.stream,
        previous: deriveNode(s, n),
      });
      expect(state.health).not.toBe('down');
    }),
  );
});

test('unknown figures are null whatever else is known, and known ones are never null', () => {
  fc.assert(
    fc.property(fc.boolean(), fc.boolean(), fc.boolean(), (redis, ssh, egress) => {
      const s = { ...well(), configured: { ...well().configured, redis, stream: ssh } };
      const n = s.nodes.find((x) => x.name === 'media-1')!;
      const reading = { ...host([container('openvidu')]), egressIds: egress ? [] : null };
      const f = deriveNode(
        { ...s, redis: redis ? s.redis : unread, placement: redis ? s.placement : null },
        { ...n, stream: ssh ? timed(reading) : unread, record: redis ? n.record : null },
      ).figures;
      for (const key of ['rooms', 'participants', 'clients', 'relayed'] as const) expect(f[key] === null).toBe(!redis);
      expect(f.memUsed === null).toBe(!ssh);
      expect(f.egress === null).toBe(!(ssh && egress));
    }),
  );
});

test('deriving twice from the same snapshot changes nothing', () => {
  fc.assert(
    fc.property(silence, (x) => {
      const s = silenced(x);
      for (const n of s.nodes) {
        const once = deriveNode(s, n);
        expect(deriveNode({ ...s, now: s.now + 1 }, { ...n, previous: once })).toMatchObject({
          health: once.health,
          stage: once.stage,
          since: once.since,
          reasons: once.reasons,
          sentence: once.sentence,
        });
      }
    }),
    { numRuns: 100 },
  );
});
