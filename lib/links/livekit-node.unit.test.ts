import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Room } from '@livekit/protocol';
import { expect, test } from 'vitest';
import { decodeNode, decodeRoom, LivekitNode } from './livekit-node';

type Shipped = { Node: typeof LivekitNode };

/** The generated code is in the package but not among its exports: read by path, its own imports by name. */
async function shipped(): Promise<Shipped> {
  const entry = createRequire(import.meta.url).resolve('@livekit/protocol');
  const file = join(dirname(entry), '../src/gen/livekit_internal_pb.js');
  expect(readFileSync(file, 'utf8')).toContain('livekit.NodeStats');
  return (await import(/* @vite-ignore */ file)) as Shipped;
}

const node = {
  id: 'ND_abc',
  ip: '10.0.0.21',
  numCpus: 8,
  type: 0,
  state: 2,
  region: '',
  stats: {
    startedAt: 1795264079n,
    updatedAt: 1795264099n,
    numRooms: 7,
    numClients: 31,
    numTracksIn: 12,
    numTracksOut: 40,
    loadAvgLast1min: 1.5,
    cpuLoad: 0.25,
    memoryTotal: 8n * 1024n ** 3n,
    memoryUsed: 2n * 1024n ** 3n,
    participantRtcConnected: 99n,
    rates: [{ bytesIn: 1000, bytesOut: 2000 }],
  },
};

test('a node that the shipped generated code wrote is read field by field', async () => {
  const { Node } = await shipped();
  expect(decodeNode(new Node(node).toBinary())).toEqual({
    id: 'ND_abc',
    ip: '10.0.0.21',
    state: 'SHUTTING_DOWN',
    startedAt: 1795264079000,
    updatedAt: 1795264099000,
    numCpus: 8,
    cpuLoad: 0.25,
    load1: 1.5,
    memoryTotal: 8 * 1024 ** 3,
    memoryUsed: 2 * 1024 ** 3,
    numRooms: 7,
    numClients: 31,
    tracksIn: 12,
    tracksOut: 40,
    bytesInPerSec: 1000,
    bytesOutPerSec: 2000,
    participantJoined: 99,
  });
});

test('every field that is named here has number, name and type of the shipped generated code', async () => {
  const compare = (mine: typeof LivekitNode, theirs: typeof LivekitNode) => {
    for (const field of mine.fields.list()) {
      const other = theirs.fields.find(field.no);
      expect(other?.name, `${mine.typeName} ${field.no}`).toBe(field.name);
      if (field.kind === 'message' && other?.kind === 'message')
        compare(field.T as typeof LivekitNode, other.T as typeof LivekitNode);
      // Enums are read as the int32 they are on the wire.
      else if (field.kind === 'scalar' && other?.kind === 'scalar') expect(other.T, field.name).toBe(field.T);
      else expect([other?.kind, field.name]).toEqual(['enum', field.name === 'type' ? 'type' : 'state']);
    }
  };
  compare(LivekitNode, (await shipped()).Node);
});

test('a node without stats is known and has never reported', () => {
  expect(decodeNode(new LivekitNode({ id: 'ND_x', ip: '10.0.0.1', state: 1 }).toBinary())).toMatchObject({
    state: 'SERVING',
    updatedAt: null,
  });
});

test('a room keeps nothing secret', () => {
  const value = new Room({
    sid: 'RM_1',
    name: 'a"<b>',
    numParticipants: 3,
    turnPassword: 'canary',
    metadata: 'canary',
    creationTime: 5n,
  }).toBinary();
  const record = decodeRoom(value);
  expect(record).toEqual({ sid: 'RM_1', name: 'a"<b>', participants: 3, publishers: 0, recording: false, createdAt: 5000 });
});
