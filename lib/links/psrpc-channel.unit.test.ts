import { expect, test } from 'vitest';
import { encodeTopic, nodeOfChannel, requestChannel } from './psrpc-channel';

test.each([
  ['my room-1', 'myu+0020roomu+002d1'],
  ['ND_abc', 'ND_abc'],
  ['😀', 'U+0001f600'],
  ['ü|*', 'u+00fcu+007cu+002a'],
  ['', ''],
])('topic %j is written %s', (topic, encoded) => {
  expect(encodeTopic(topic)).toBe(encoded);
});

test('an empty topic is left out of the channel', () => {
  expect(requestChannel('EgressInternal', 'StartEgress', '')).toBe('EgressInternal|StartEgress|REQ');
  expect(requestChannel('Room', 'DeleteRoom', 'my room')).toBe('Room|DeleteRoom|myu+0020room|REQ');
});

test('only a request channel of a node names a node', () => {
  expect(nodeOfChannel('RoomManager|CreateRoom|ND_Ab_1|REQ')).toBe('ND_Ab_1');
  expect(nodeOfChannel('RoomManager|CreateRoom|ND_Ab_1|RES')).toBeNull();
  expect(nodeOfChannel('RoomManager|CreateRoom|u+002a|REQ')).toBeNull();
});
