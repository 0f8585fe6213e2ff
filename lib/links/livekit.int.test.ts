import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  EgressInfo,
  EgressStatus,
  FileInfo,
  IngressInfo,
  IngressState,
  IngressState_Status,
  StreamInfo,
} from '@livekit/protocol';
import { TokenVerifier } from 'livekit-server-sdk';
import { afterEach, expect, test } from 'vitest';
import { AuthRefused, BadAnswer, LinkError, Refused, Unreachable } from './errors';
import { openLivekit } from './livekit';
import { egressRecord, ingressRecord } from './livekit-records';
import { fileNameOf, hostOf, withoutUrls } from './redact';

const TLS = { verify: true, ca: null };
const undo: (() => void)[] = [];
afterEach(() => undo.splice(0).forEach((u) => u()));

async function server(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const http = createServer(answer);
  await new Promise<void>((resolve) => http.listen(0, '127.32.0.1', resolve));
  undo.push(() => (http.closeAllConnections(), http.close()));
  const address = http.address();
  return `ws://127.32.0.1:${typeof address === 'object' ? address?.port : 0}/`;
}
const link = (url: string, apiSecret = 'secret') => openLivekit({ url, apiKey: 'key', apiSecret, tls: TLS, timeoutMs: 500 });
const fails = (url: string) =>
  link(url)
    .read()
    .then(
      () => expect.fail('it answered'),
      (e: unknown) => e as LinkError,
    );

test('rooms, egress and ingress come with tokens that grant just these', async () => {
  const grants: unknown[] = [];
  const url = await server((request, response) => {
    void new TokenVerifier('key', 'secret').verify(request.headers.authorization?.slice(7) ?? '').then(({ video }) => {
      grants.push(video);
      const method = request.url?.split('/').at(-1);
      if (method === 'ListRooms')
        response.end('{"rooms":[{"sid":"RM_1","name":"a","num_participants":2,"creation_time":"10","unknown_field":1}]}');
      else response.end('{"items":[]}');
    });
  });
  const reading = await link(url).read();
  expect(reading).toEqual({
    rooms: [{ sid: 'RM_1', name: 'a', participants: 2, publishers: 0, recording: false, createdAt: 10_000 }],
    egress: [],
    ingress: [],
  });
  expect(grants).toEqual(expect.arrayContaining([{ roomList: true }, { roomRecord: true }, { ingressAdmin: true }]));
});

test('each way to fail has its own error, and none holds the secret', async () => {
  const cases: [(r: IncomingMessage, s: ServerResponse) => void, abstract new (...args: never[]) => LinkError][] = [
    [(_, s) => s.writeHead(401).end('{"code":"unauthenticated","msg":"invalid token: canary"}'), AuthRefused],
    [(_, s) => s.writeHead(404).end('nothing'), BadAnswer],
    [(_, s) => s.writeHead(503).end('{"code":"unavailable","msg":"no response from servers"}'), BadAnswer],
    [(_, s) => s.end('<html>'), BadAnswer],
    [(_, s) => s.end('[1,2'), BadAnswer],
    [() => undefined, Unreachable],
    [(r) => r.socket.destroy(), LinkError],
    [
      (_, s) => (s.writeHead(200, { 'content-length': '1000' }), s.write('{"rooms":['), setTimeout(() => s.destroy(), 20)),
      LinkError,
    ],
  ];
  for (const [answer, kind] of cases) {
    const error = await fails(await server(answer));
    expect(error).toBeInstanceOf(kind);
    expect(`${error.message} ${error.advice}`).not.toMatch(/secret-canary|eyJ/);
  }
  expect(await fails('http://127.32.0.2:9')).toBeInstanceOf(Refused);
  expect((await fails('http://nosuch.invalid')).message).toMatch(/cannot be resolved|no route|failed|did not|cut|status/);
});

test('an answer that never ends is given up in time', async () => {
  const url = await server((_, s) => {
    const more = () => s.writable && s.write('x'.repeat(65536), () => setImmediate(more));
    more();
  });
  const began = Date.now();
  expect(await fails(url)).toBeInstanceOf(LinkError);
  expect(Date.now() - began).toBeLessThan(3_000);
});

test('an egress record holds hosts and file names, never keys', () => {
  const record = egressRecord(
    new EgressInfo({
      egressId: 'EG_1',
      status: EgressStatus.EGRESS_ACTIVE,
      roomName: 'r',
      startedAt: 1_795_000_000_000_000_000n,
      error: 'could not connect to rtmp://live.example.com/app/canary-key?x=canary',
      request: {
        case: 'roomComposite',
        value: { roomName: 'r', fileOutputs: [{ output: { case: 's3', value: { secret: 'canary', accessKey: 'canary' } } }] },
      },
      fileResults: [
        new FileInfo({ filename: 'rec/2026/a.mp4', location: 'https://s3/b/a.mp4?X-Amz-Signature=canary', size: 12n }),
      ],
      streamResults: [
        new StreamInfo({ url: 'rtmps://user:canary@live.example.com:443/app/canary' }),
        new StreamInfo({ url: 'mux://canary' }),
      ],
    }),
  );
  expect(JSON.stringify(record)).not.toContain('canary');
  expect(record).toMatchObject({
    status: 'ACTIVE',
    type: 'room_composite',
    startedAt: 1_795_000_000_000,
    endedAt: null,
    error: 'could not connect to rtmp://live.example.com',
    outputs: [
      { kind: 'file', target: 'a.mp4', bytes: 12, status: null },
      { kind: 'stream', target: 'live.example.com:443', bytes: null, status: 'ACTIVE' },
      { kind: 'stream', target: 'mux', bytes: null, status: 'ACTIVE' },
    ],
  });
});

test('an ingress record has no stream key and no URL', () => {
  const state = new IngressState({ status: IngressState_Status.ENDPOINT_PUBLISHING, startedAt: 1_795_000_000_000_000_000n });
  const info = new IngressInfo({
    ingressId: 'IN_1',
    name: 'cam',
    streamKey: 'canary',
    url: 'rtmp://x/canary',
    roomName: 'r',
    participantIdentity: 'p',
    state,
  });
  const record = ingressRecord(info);
  expect(JSON.stringify(record)).not.toContain('canary');
  expect(record).toMatchObject({ type: 'RTMP', status: 'PUBLISHING', participant: 'p', startedAt: 1_795_000_000_000 });
});

test('of a URL only the host is left', () => {
  expect(hostOf('srt://h:9000?streamid=canary')).toBe('h:9000');
  expect(hostOf('twitch://canary')).toBe('twitch');
  expect(fileNameOf('s3://bucket/a/b.mp4?sig=canary#x')).toBe('b.mp4');
  expect(withoutUrls('PUT "https://u:canary@s3.example.com/x?y=canary": 403')).toBe('PUT "https://s3.example.com": 403');
});
