import { createServer } from 'node:net';
import { Room } from '@livekit/protocol';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Dial, dialDirect, dialThrough } from './dial';
import { AuthRefused, LinkError, NotAllowed, Unreachable } from './errors';
import { until } from './fixtures/process';
import { noRedis, REDIS_PASSWORD, startRedisCluster } from './fixtures/redis';
import { noSshd, startSshd } from './fixtures/sshd';
import { LivekitNode } from './livekit-node';
import { requestChannel } from './psrpc-channel';
import { openRedis, type RedisLink, type RedisTarget } from './redis';
import { openShell } from './shell';

const MASTERS = [11, 12, 13, 14].map((n) => `127.31.0.${n}`);
const links: RedisLink[] = [];
const target = (change: Partial<RedisTarget> = {}): RedisTarget => ({
  ...{ masters: MASTERS, ports: { redis: 7000, sentinel: 7001 }, masterName: null, password: REDIS_PASSWORD },
  ...{ sentinelPassword: null, db: 0, dial: dialDirect, timeoutMs: 1_000 },
  ...change,
});
function open(change: Partial<RedisTarget> = {}): RedisLink {
  const link = openRedis(target(change));
  links.push(link);
  return link;
}
afterAll(() => links.forEach((l) => l.close()));

if (noRedis) console.warn(`skipped: real Redis and Sentinel (${noRedis})`);
describe.skipIf(noRedis)('a real Redis with four sentinels', () => {
  let cluster: Awaited<ReturnType<typeof startRedisCluster>>;
  let writer: Redis;
  const subscribers: Redis[] = [];
  const names = ['my room-1', 'a"<b>$(id)', '😀'];

  beforeAll(async () => {
    cluster = await startRedisCluster(MASTERS);
    writer = await cluster.connect(MASTERS[0]!);
    const stats = { startedAt: 10n, updatedAt: BigInt(Math.floor(Date.now() / 1000)), numRooms: 3, numClients: 4 };
    await writer.hset(
      'nodes',
      'ND_1',
      Buffer.from(new LivekitNode({ id: 'ND_1', ip: '10.0.0.21', numCpus: 4, state: 1, stats }).toBinary()),
    );
    await writer.hset('nodes', 'ND_bad', Buffer.from([0xff, 0xff, 0xff]));
    for (const [i, name] of names.entries()) {
      await writer.hset('room_node_map', name, 'ND_1');
      await writer.hset(
        'rooms',
        name,
        Buffer.from(new Room({ sid: `RM_${i}`, name, numParticipants: i, turnPassword: 'canary' }).toBinary()),
      );
    }
  });
  afterAll(async () => {
    subscribers.forEach((s) => s.disconnect());
    writer?.disconnect();
    await cluster?.stop();
  });

  test('one pass reads nodes, rooms of any name, and the clock from the master; what is not a node is left out', async () => {
    const reading = await open().read();
    expect(reading.master).toBe('127.31.0.11:7000');
    expect(Math.abs(reading.time - Date.now())).toBeLessThan(2_000);
    expect(reading.nodes.map((n) => [n.id, n.ip, n.state, n.numClients])).toEqual([['ND_1', '10.0.0.21', 'SERVING', 4]]);
    expect([...reading.roomNodeMap.keys()].toSorted()).toEqual(names.toSorted());
    expect(reading.rooms.map((r) => [r.name, r.participants]).toSorted()).toEqual(names.map((n, i) => [n, i]).toSorted());
    expect(JSON.stringify(reading)).not.toContain('canary');
  });

  test('a thousand rooms come whole, and a changed one is seen at the next pass', async () => {
    const link = open();
    const many = Array.from(
      { length: 1000 },
      (_, i) => [`bulk-${i}`, Buffer.from(new Room({ sid: `RM_b${i}`, name: `bulk-${i}` }).toBinary())] as const,
    );
    await writer.hset('rooms', Object.fromEntries(many));
    expect((await link.read()).rooms).toHaveLength(1003);
    await writer.hset('rooms', 'bulk-7', Buffer.from(new Room({ sid: 'RM_b7', name: 'bulk-7', numParticipants: 9 }).toBinary()));
    await writer.hdel('rooms', 'bulk-8');
    const { rooms } = await link.read();
    expect(rooms).toHaveLength(1002);
    expect(rooms.find((r) => r.name === 'bulk-7')?.participants).toBe(9);
    await writer.hdel('rooms', ...many.map(([name]) => name));
  });

  test('presence is who is subscribed now: nodes, hosts of each room, workers', async () => {
    const join = async (...channels: string[]) => {
      const redis = await cluster.connect(MASTERS[0]!);
      subscribers.push(redis);
      await redis.subscribe(...channels);
    };
    const room = (name: string) => requestChannel('Room', 'DeleteRoom', name);
    await join(requestChannel('RoomManager', 'CreateRoom', 'ND_1'), room(names[0]!), room(names[1]!));
    await join(requestChannel('RoomManager', 'CreateRoom', 'ND_2'), room(names[1]!));
    await join('EgressInternal|StartEgress|REQ', 'EgressInternal|ListActiveEgress|REQ', 'IngressInternal|ListActiveIngress|REQ');
    await join('EgressInternal|ListActiveEgress|REQ');
    const presence = await open().presence(names);
    expect(presence.nodes).toEqual(new Set(['ND_1', 'ND_2']));
    expect(presence.roomHosts).toEqual(
      new Map([
        [names[0], 1],
        [names[1], 2],
        [names[2], 0],
      ]),
    );
    expect(presence).toMatchObject({ egressTaking: 1, egressAlive: 2, ingressTaking: 0, ingressAlive: 1 });
  });

  test('each sentinel is asked apart and all agree', async () => {
    const reading = await open().sentinel();
    expect(reading).toMatchObject({ masterName: 'openvidu', master: '127.31.0.11:7000', canElect: true });
    expect(reading.peers).toEqual(
      MASTERS.map((address, i) => ({
        address,
        answered: true,
        error: null,
        role: i === 0 ? 'master' : 'replica',
        sDown: false,
        votesDown: 0,
      })),
    );
  });

  test('the documented read-only rights are enough for every read', async () => {
    const rights =
      'on >reader resetchannels resetkeys %R~nodes %R~room_node_map %R~rooms -@all +hscan +time +ping +role +pubsub|channels +pubsub|numsub +client|setname +select';
    await writer.call('ACL', 'SETUSER', 'signalbox', ...rights.split(' '));
    const link = open({ username: 'signalbox', password: 'reader', sentinelPassword: REDIS_PASSWORD });
    expect((await link.read()).nodes).toHaveLength(1);
    expect((await link.presence(names)).roomHosts.size).toBe(3);
    await writer.call('ACL', 'SETUSER', 'signalbox', '-hscan');
    expect(await link.read().catch((e: unknown) => e)).toBeInstanceOf(NotAllowed);
  });

  test('a wrong password is told as such, of Sentinel and of Redis', async () => {
    const wrong = await open({ password: 'canary-wrong' })
      .read()
      .catch((e: unknown) => e);
    expect(wrong).toBeInstanceOf(AuthRefused);
    expect((wrong as LinkError).message).not.toContain('canary');
    const onlyRedis = await open({ password: 'x', sentinelPassword: REDIS_PASSWORD })
      .read()
      .catch((e: unknown) => e);
    expect((onlyRedis as LinkError).message).toMatch(/Redis at 127\.31\.0\.11:7000 refused the password/);
  });

  test('a replica is never read, even where Sentinel still names it', async () => {
    const toReplica: Dial = (host, port, ms) => dialDirect(port === 7000 ? MASTERS[1]! : host, port, ms);
    const error = await open({ dial: toReplica })
      .read()
      .catch((e: unknown) => e);
    expect((error as LinkError).message).toMatch(/is a replica/);
  });

  test.skipIf(noSshd)('all of it works through the SSH of one node', async () => {
    const sshd = await startSshd({ address: '127.31.0.13' });
    const shell = await openShell(sshd.target());
    const link = open({ dial: dialThrough(() => [shell]) });
    expect((await link.read()).nodes).toHaveLength(1);
    expect((await link.sentinel()).peers.every((p) => p.answered)).toBe(true);
    link.close();
    shell.close();
    await sshd.stop();
  });

  test('once Sentinel has elected another master it is read within 10 s, and its peers call the dead one down', async () => {
    const link = open();
    const before = await link.sentinel();
    await link.read();
    await cluster.kill('redis', MASTERS[0]!);
    await cluster.kill('sentinel', MASTERS[3]!);
    const failed = await link.read().catch((e: unknown) => e);
    expect(failed).toBeInstanceOf(LinkError);
    let master = '';
    // How long an election takes is Sentinel's own affair: lost votes are asked again. What is held to 10 s is ours.
    await until(async () => !['', '127.31.0.11:7000'].includes((await link.sentinel()).master ?? ''), 'an election', 60_000);
    await until(
      async () => ((master = (await link.read().catch(() => null))?.master ?? ''), master !== ''),
      'a new master',
      10_000,
    );
    expect(master).not.toBe('127.31.0.11:7000');
    expect((await link.read()).roomNodeMap.size).toBe(3);
    await until(async () => (await link.sentinel()).peers[0]?.votesDown === 3, 'its three peers call it down', 5_000);
    const after = await link.sentinel();
    expect(after.master).toBe(master);
    expect(after.configEpoch ?? 0).toBeGreaterThan(before.configEpoch ?? 0);
    expect(after.peers[0]).toMatchObject({ answered: true, role: 'replica', sDown: true, votesDown: 3 });
    expect(after.peers[3]).toMatchObject({ answered: false, sDown: false });
    expect(after.peers[3]?.error).toMatch(/refused/);
  });
});

describe('hosts that are no Redis', () => {
  test('silence and other protocols end in time with a sentence', async () => {
    const silent = createServer(() => undefined);
    const http = createServer((s) => s.on('error', () => undefined).end('HTTP/1.1 400 Bad\r\n\r\n'));
    await new Promise<void>((r) => silent.listen(7001, '127.31.1.1', r));
    await new Promise<void>((r) => http.listen(7001, '127.31.1.2', r));
    const began = Date.now();
    const error = await open({ masters: ['127.31.1.1', '127.31.1.2'], timeoutMs: 400 })
      .read()
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(LinkError);
    expect(Date.now() - began).toBeLessThan(3_000);
    expect(
      await open({ masters: ['127.31.1.1'], timeoutMs: 300 })
        .read()
        .catch((e: unknown) => e),
    ).toBeInstanceOf(Unreachable);
    silent.close();
    http.close();
  });
});
