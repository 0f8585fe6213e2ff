import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { decode, encode, Timestamp } from '@/lab/sim/wire/bson.mjs';
import { Node, NodeState, NodeStats } from '@/lab/sim/wire/node-message.mjs';
import { channel } from '@/lab/sim/wire/psrpc.mjs';

// LiveKit's generated code of this message is in its package but not among its exports.
const generated = fileURLToPath(
  new URL('../../../node_modules/@livekit/protocol/src/gen/livekit_internal_pb.js', import.meta.url),
);
const decoder = z.object({ Node: z.custom<{ fromBinary(bytes: Uint8Array): { toJson(): unknown } }>() });

test('a simulated node is read field by field by the generated code of LiveKit', async () => {
  const stats = {
    startedAt: 1_700_000_000n,
    updatedAt: 1_700_000_100n,
    numRooms: 3,
    numClients: 7,
    numTracksIn: 5,
    numTracksOut: 11,
    numCpus: 4,
    cpuLoad: 0.5,
    loadAvgLast1min: 1.5,
    loadAvgLast5min: 2.5,
    loadAvgLast15min: 3.5,
    memoryTotal: 8n * 1024n ** 3n,
    memoryUsed: 1024n ** 3n,
    bytesIn: 1n,
    bytesOut: 2n,
    packetsIn: 3n,
    packetsOut: 4n,
  };
  const node = new Node({
    id: 'ND_x',
    ip: '127.20.0.1',
    numCpus: 4,
    stats: new NodeStats(stats),
    state: NodeState.SHUTTING_DOWN,
    region: 'r',
  });
  const theirs = decoder.parse(await import(generated)).Node.fromBinary(node.toBinary());
  const asJson = Object.fromEntries(
    Object.entries(stats).map(([name, value]) => [name, typeof value === 'bigint' ? String(value) : value]),
  );
  expect(theirs.toJson()).toEqual({
    id: 'ND_x',
    ip: '127.20.0.1',
    numCpus: 4,
    state: 'SHUTTING_DOWN',
    region: 'r',
    stats: asJson,
  });
});

test.each([
  [['foo', 'bar', 'REQ'], 'foo|bar|REQ'],
  [['foo', 'bar', '', 'REQ'], 'foo|bar|REQ'],
  [['Room', 'DeleteRoom', 'my room-1', 'REQ'], 'Room|DeleteRoom|myu+0020roomu+002d1|REQ'],
  [['🚀_É', '🛰_bar', '软件', 'END'], 'U+0001f680_u+00c9|U+0001f6f0_bar|u+8f6fu+4ef6|END'],
])('psrpc names the channel of %j as upstream does', (parts, name) => {
  expect(channel(...parts)).toBe(name);
});

test('BSON is written byte for byte as bsonspec.org gives it', () => {
  expect(encode({ hello: 'world' }).toString('hex')).toBe('160000000268656c6c6f0006000000776f726c640000');
  const listed = '310000000442534f4e002600000002300008000000617765736f6d65000131003333333333331440103200c20700000000';
  expect(encode({ BSON: ['awesome', 5.05, 1986] }).toString('hex')).toBe(listed);
});

test('BSON that was written is read back the same, whatever its types', () => {
  const document = {
    text: 'naïve ☎',
    yes: true,
    nothing: null,
    small: -1,
    fraction: 0.1,
    long: 2n ** 40n,
    at: new Date(1_700_000_000_123),
    ts: new Timestamp(1_700_000_000, 3),
    list: [1, 'two', { three: 3 }],
    nested: { a: { b: 'c' } },
  };
  expect(decode(encode(document))).toEqual(document);
});
