import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ContainerEvent, HostReading } from '@/lib/rules/readings';
import { LineSplitter } from './lines';
import { StreamParser } from './stream-parser';

const ID = 'a'.repeat(64);
const BOOT = '49f753cc-0c7c-4d65-984f-2fa94b74673c';
const CONTAINER = `c /openvidu|${ID}|openvidu/openvidu-server-pro:3.9.0|running|2026-11-21T10:00:00.123456789Z|0001-01-01T00:00:00Z|2|0|false|4711|unless-stopped|SIGQUIT|`;
const first = [
  'T 1 1795266639.224187477',
  `h ${BOOT} 2 1795264079 media-1`,
  's 100 0 100 800 0 0 0 0',
  'l 2.26',
  'm 1000 400',
  'n eth0 1000 2000',
  'n eth1 10 20',
  'o 3',
  'k 1EC8 12',
  'x 1 2 3 4',
  'C ok',
  CONTAINER,
  `c /agent-1|${ID}|x/agent:1|exited|2026-11-21T10:00:00Z|2026-11-21T10:05:00Z|0|137|true|0|no||true`,
  'd 50 100',
  'L',
  "r [2026-11-21T05:54:29Z] [ERROR] Container 'openvidu' error: <b>",
  'g ok EG_abc EG_def',
  'i ok 503',
  'F ok',
  `f ${'0'.repeat(64)}  /opt/openvidu/config/cluster/openvidu.env`,
  'E 1',
];
const second = [
  'T 2 1795266644.224187477',
  `h ${BOOT} 2 1795264079 media-1`,
  's 150 0 150 900 0 0 0 0',
  'l 2.2',
  'm 1000 500',
  'n eth0 6000 2000',
  'n eth1 10 20',
  'g error curl: (7) refused',
  'i absent',
  'E 2',
];

function read(lines: string[]) {
  const readings: HostReading[] = [];
  const events: ContainerEvent[] = [];
  const parser = new StreamParser({ reading: (r) => readings.push(r), event: (e) => events.push(e) });
  for (const line of lines) parser.push(line, null);
  return { readings, events, parser };
}

test('a tick becomes a reading with every figure in its unit', () => {
  const { readings, parser } = read(first);
  expect(parser.garbage).toBe(0);
  expect(readings).toHaveLength(1);
  expect(readings[0]).toMatchObject({
    nodeTime: 1795266639224,
    bootId: BOOT,
    hostname: 'media-1',
    bootedAt: 1795264079000,
    cpu: null,
    cpus: 2,
    load1: 2.26,
    memUsed: 600 * 1024,
    memTotal: 1000 * 1024,
    diskUsed: 50 * 1024,
    diskTotal: 100 * 1024,
    rxBps: null,
    oomKills: 3,
    egressIds: ['EG_abc', 'EG_def'],
    ingressAvailable: false,
    connections: { '7880': 12 },
    nodesErrors: ["[2026-11-21T05:54:29Z] [ERROR] Container 'openvidu' error: <b>"],
    configHashes: { 'cluster/openvidu.env': '0'.repeat(64) },
    scriptCpuMs: 100,
  });
  expect(readings[0]?.containers).toEqual([
    expect.objectContaining({
      name: 'openvidu',
      state: 'running',
      startedAt: Date.parse('2026-11-21T10:00:00.123Z'),
      finishedAt: null,
      restartCount: 2,
      exitCode: null,
      pid: 4711,
      restartPolicy: 'unless-stopped',
      stopSignal: 'SIGQUIT',
      agent: false,
    }),
    expect.objectContaining({ name: 'agent-1', state: 'exited', exitCode: 137, oomKilled: true, pid: null, agent: true }),
  ]);
});

test('the second tick has rates, keeps what the script did not look at again, and forgets what did not answer', () => {
  const { readings } = read([...first, ...second]);
  expect(readings[1]).toMatchObject({ cpu: 0.5, rxBps: 1000, txBps: 0, egressIds: null, egressError: 'curl: (7) refused' });
  expect(readings[1]?.containers).toHaveLength(2);
  expect(readings[1]?.ingressAvailable).toBeNull();
  expect(readings[1]?.diskTotal).toBe(100 * 1024);
});

test('an engine that stops answering makes containers unknown, never the old ones', () => {
  const dead = second.flatMap((l) => (l === 'l 2.2' ? [l, 'C error the Docker engine did not answer within 5 s'] : [l]));
  const { readings } = read([...first, ...dead]);
  expect(readings[1]?.containers).toBeNull();
  expect(readings[1]?.containersError).toContain('did not answer');
});

test('a disk that cannot be read is unknown, not the old figure', () => {
  const { readings } = read([...first, ...second.flatMap((l) => (l === 'l 2.2' ? [l, 'd -'] : [l]))]);
  expect(readings[1]?.diskUsed).toBeNull();
});

test('container events come through at once, also in the middle of a tick', () => {
  const event = 'e 1795266639500000000|die|openvidu|137|';
  const { events, readings } = read([...first.slice(0, 5), event, ...first.slice(5)]);
  expect(events).toEqual([{ at: 1795266639500, name: 'openvidu', action: 'die', exitCode: 137, signal: null }]);
  expect(readings).toHaveLength(1);
  expect(read(['e 1795266639500000000|kill|openvidu|<no value>|3']).events[0]).toMatchObject({ signal: '3', exitCode: null });
});

test('in read-only mode the list of docker ps fills in containers whose names were not asked for', () => {
  const withList = first.flatMap((l) =>
    l === CONTAINER
      ? [l, `p ${ID}|openvidu|x|running|Up 3 minutes|`, `p ${ID}|my-agent|x/agent:1|exited|Exited (3) 2 minutes ago|true`]
      : [l],
  );
  const names = read(withList).readings[0]?.containers?.map((c) => [c.name, c.exitCode, c.agent]);
  expect(names).toEqual([
    ['openvidu', null, false],
    ['agent-1', 137, true],
    ['my-agent', 3, true],
  ]);
});

test('a tick without its host, memory or end gives no reading', () => {
  for (const missing of ['h ', 'm ', 'l ', 'E ']) {
    expect(read(first.filter((l) => !l.startsWith(missing))).readings).toHaveLength(0);
  }
  expect(read([...first.slice(0, -1), 'E 7']).readings).toHaveLength(0);
});

test('whatever a node sends, nothing is thrown and every reading has sane figures', () => {
  const parts = [...first, ...second, 'e 1795266639500000000|die|openvidu|137|'];
  const line = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...parts) },
    { weight: 3, arbitrary: fc.tuple(fc.constantFrom(...parts), fc.nat(80)).map(([l, n]) => l.slice(0, n)) },
    {
      weight: 2,
      arbitrary: fc.tuple(fc.constantFrom(...'ThslmdnokxCcpgiLrFfeE'.split('')), fc.string()).map(([a, b]) => `${a} ${b}`),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom(...'Tsmndoxk'.split('')), fc.array(fc.integer()))
        .map(([a, b]) => `${a} ${b.join(' ')}`),
    },
    { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 120 }), (lines) => {
      for (const r of read(lines).readings) {
        const numbers = [
          r.nodeTime,
          r.cpus,
          r.load1,
          r.memUsed,
          r.memTotal,
          r.cpu ?? 0,
          r.rxBps ?? 0,
          r.txBps ?? 0,
          r.diskUsed ?? 0,
        ];
        expect(numbers.every((n) => Number.isFinite(n) && n >= 0)).toBe(true);
        expect(r.cpu ?? 0).toBeLessThanOrEqual(1);
        expect(r.memUsed).toBeLessThanOrEqual(r.memTotal);
        expect(r.containers === null || r.containersError === null).toBe(true);
      }
    }),
    { numRuns: 200 },
  );
});

test('a line of 50 MB costs its limit in memory and nothing of the lines after it', () => {
  const got: [number, string | null][] = [];
  const splitter = new LineSplitter(64 * 1024, (line, cut) => got.push([line.length, cut]));
  const chunk = Buffer.alloc(1024 * 1024, 'x');
  const before = process.memoryUsage().arrayBuffers;
  for (let i = 0; i < 50; i++) splitter.push(chunk);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(5 * 1024 * 1024);
  splitter.push(Buffer.from('\nT 1 2\nrest'));
  splitter.end();
  expect(got).toEqual([
    [65536, 'too-long'],
    [5, null],
    [4, 'unfinished'],
  ]);
});

test('lines are the same wherever the network cuts them', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme' }).map((s) => s.replaceAll('\n', ' '))),
      fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
      (lines, cuts) => {
        const bytes = Buffer.from(lines.map((l) => `${l}\n`).join(''));
        const got: string[] = [];
        const splitter = new LineSplitter(64 * 1024, (line) => got.push(line));
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const size = cuts[i % cuts.length] ?? 1;
          splitter.push(bytes.subarray(at, at + size));
          at += size;
        }
        expect(got).toEqual(lines.map((l) => Buffer.from(l).toString()));
      },
    ),
  );
});
