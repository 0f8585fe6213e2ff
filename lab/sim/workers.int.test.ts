import type { ChildProcess } from 'node:child_process';
import { IngressState_Status } from '@livekit/protocol';
import { Redis } from 'ioredis';
import { EgressClient, EgressStatus, EncodedFileOutput, IngressClient, RoomServiceClient } from 'livekit-server-sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { livekitServer } from '@/lab/machine/livekit-build';
import { until } from '@/lab/machine/process';
import { exitOf, KEY, Rig, SECRET } from '@/lab/sim/rig';

const built = await livekitServer((line) => process.stdout.write(`${line}\n`));
if (!('path' in built && built.path))
  process.stdout.write(`tests with the real livekit-server are left out: ${'why' in built ? built.why : ''}\n`);

const output = () => new EncodedFileOutput({ filepath: 'x.mp4' });
const egressStarted = z.object({ egressId: z.string() });
const ingressStarted = z.object({ ingressId: z.string() });

describe.skipIf(!built.path)('simulated workers and servers beside a real livekit-server', () => {
  const rig = new Rig('127.22.0');
  const real = `http://${rig.at(21)}:7880`;
  const simulated = `http://${rig.at(22)}:7880`;
  const rooms = new RoomServiceClient(real, KEY, SECRET);
  const egress = new EgressClient(real, KEY, SECRET);
  const ingress = new IngressClient(real, KEY, SECRET);
  let redis: Redis;
  let worker: ChildProcess;
  const health = async () => z.record(z.string(), z.unknown()).parse(await (await fetch(`http://${rig.at(21)}:9091/any`)).json());
  const statusOf = async (id: string) => (await egress.listEgress({ egressId: id }))[0]?.status;
  const subscribers = async (channel: string) => Number((await redis.pubsub('NUMSUB', channel))[1]);

  beforeAll(async () => {
    await rig.redis();
    redis = new Redis(rig.redisOptions);
    await rig.livekit(built.path ?? '', 21, 22_881);
    worker = await rig.sim('egress', 21, { media: [rig.at(21)] });
    await rig.sim('ingress', 21, { media: [rig.at(21)] });
    await rooms.createRoom({ name: 'my room-1' });
  });
  afterAll(async () => {
    redis?.disconnect();
    await rig.end();
  });

  test('an egress that the real API starts runs on the simulated worker, is listed, shown on its health page, and stops', async () => {
    const { egressId } = await egress.startRoomCompositeEgress('my room-1', { file: output() });
    await until('ACTIVE', async () => (await statusOf(egressId)) === EgressStatus.EGRESS_ACTIVE || undefined);
    expect(await health()).toMatchObject({
      CpuLoad: expect.any(Number),
      [egressId]: { RoomComposite: { room_name: 'my room-1' } },
    });
    expect(await subscribers(`EgressHandler|StopEgress|${egressId}|REQ`)).toBe(1);
    expect((await egress.stopEgress(egressId)).status).toBe(EgressStatus.EGRESS_ENDING);
    await until('COMPLETE', async () => (await statusOf(egressId)) === EgressStatus.EGRESS_COMPLETE || undefined);
    expect(Object.keys(await health())).toEqual(['CpuLoad']);
    expect(await redis.hget('ended_egress', egressId)).toMatch(/^my room-1\|\d{19}$/);
    await expect(egress.stopEgress(egressId)).rejects.toThrow('EGRESS_COMPLETE cannot be stopped');
  });

  test('an ingress of the lab is listed by the real API with its state, and deleted by it', async () => {
    const { ingressId } = ingressStarted.parse(await rig.control(21)('ingress', 'start', { roomName: 'my room-1' }));
    const [listed] = await ingress.listIngress({ roomName: 'my room-1' });
    expect(listed).toMatchObject({
      ingressId,
      roomName: 'my room-1',
      state: { status: IngressState_Status.ENDPOINT_PUBLISHING },
    });
    await ingress.deleteIngress(ingressId);
    expect(await ingress.listIngress({})).toEqual([]);
    expect(await rig.control(21)('ingress', 'list')).toEqual({ ingressIds: [] });
  });

  test('a killed worker leaves an orphan: its egress stays ACTIVE, its presence is gone', async () => {
    const { egressId } = egressStarted.parse(await rig.control(21)('egress', 'start', { roomName: 'my room-1' }));
    await until('ACTIVE', async () => (await statusOf(egressId)) === EgressStatus.EGRESS_ACTIVE || undefined);
    worker.kill('SIGKILL');
    await exitOf(worker);
    await until('no presence', async () => (await subscribers(`EgressHandler|StopEgress|${egressId}|REQ`)) === 0 || undefined);
    expect(await statusOf(egressId)).toBe(EgressStatus.EGRESS_ACTIVE);
    worker = await rig.sim('egress', 21, { media: [rig.at(21)] });
  });

  test('the first signal drains a worker: no new egress, the running one goes on until its room closes, then it exits with 0', async () => {
    await rooms.createRoom({ name: 'recorded' });
    const { egressId } = egressStarted.parse(await rig.control(21)('egress', 'start', { roomName: 'recorded' }));
    worker.kill('SIGQUIT');
    await until('no StartEgress', async () => (await subscribers('EgressInternal|StartEgress|REQ')) === 0 || undefined);
    expect(await subscribers('EgressInternal|ListActiveEgress|REQ')).toBe(1);
    worker.kill('SIGINT');
    expect(Object.keys(await health())).toContain(egressId);
    await rooms.deleteRoom('recorded');
    expect(await exitOf(worker)).toBe(0);
    expect(await statusOf(egressId)).toBe(EgressStatus.EGRESS_COMPLETE);
    worker = await rig.sim('egress', 21, { media: [rig.at(21)] });
  });

  test('SIGINT breaks the recordings off', async () => {
    const { egressId } = egressStarted.parse(await rig.control(21)('egress', 'start', { roomName: 'my room-1' }));
    worker.kill('SIGINT');
    expect(await exitOf(worker)).toBe(0);
    expect(await statusOf(egressId)).toBe(EgressStatus.EGRESS_ABORTED);
  });

  test('a simulated livekit-server shares a cluster with a real one: each creates, lists and deletes rooms of the other', async () => {
    const server = await rig.sim('livekit', 22, { media: [rig.at(21), rig.at(22)] });
    const api = new RoomServiceClient(simulated, KEY, SECRET);
    const ids = await redis.hkeys('nodes');
    expect(ids).toHaveLength(2);
    const [realId, simId] = (await redis.hget('room_node_map', 'my room-1')) === ids[0] ? ids : [...ids].reverse();
    await rooms.createRoom({ name: 'from-real', nodeId: simId });
    await api.createRoom({ name: 'from-sim', nodeId: realId });
    expect(await redis.hmget('room_node_map', 'from-real', 'from-sim')).toEqual([simId, realId]);
    const names = async (client: RoomServiceClient) => (await client.listRooms()).map((room) => room.name).sort();
    expect(await names(api)).toEqual(await names(rooms));
    await rooms.deleteRoom('from-real');
    await api.deleteRoom('from-sim');
    expect(await names(api)).toEqual(['my room-1']);
    await expect(new RoomServiceClient(simulated, KEY, 'wrong').listRooms()).rejects.toMatchObject({ status: 401 });
    await expect(api.deleteRoom('none')).rejects.toMatchObject({ status: 404 });
    server.kill('SIGQUIT');
    expect(await exitOf(server)).toBe(0);
    expect(await redis.hkeys('nodes')).toEqual([realId]);
  });
});

describe('simulated LiveKit on its own', () => {
  const rig = new Rig('127.23.0');
  let redis: Redis;
  beforeAll(async () => {
    await rig.redis();
    redis = new Redis(rig.redisOptions);
  });
  afterAll(async () => {
    redis?.disconnect();
    await rig.end();
  });

  test('a fleet of 200 servers keeps every heartbeat fresh; a killed one loses its presence and keeps its records', async () => {
    const many = Array.from({ length: 200 }, (_, index) => ({ address: `127.29.0.${index}`, rooms: 5, participants: 2 }));
    await rig.sim('livekit', 30, { many });
    expect([await redis.hlen('nodes'), await redis.hlen('rooms'), await redis.hlen('room_node_map')]).toEqual([200, 1000, 1000]);
    const presence = async () => (await redis.call('PUBSUB', 'CHANNELS', 'RoomManager|CreateRoom|ND_*|REQ')) as string[]; // The answer of this command is a list of names.
    expect(await presence()).toHaveLength(200);
    await rig.control(30)('livekit', 'kill', { address: '127.29.0.7' });
    expect(await presence()).toHaveLength(199);
    expect(await redis.hlen('nodes')).toBe(200);
    await rig.control(30)('livekit', 'force', { address: '127.29.0.8' });
    expect([await redis.hlen('nodes'), await redis.hlen('rooms')]).toEqual([199, 995]);
    expect(await redis.hlen('room_participants:sim-127.29.0.1-0')).toBe(2);
  });
});

describe('after a Sentinel failover', () => {
  const rigs: Rig[] = [];
  afterAll(() => Promise.all(rigs.map((rig) => rig.end())));

  test.each([
    ['a killed master', '127.24.0', 'killed'],
    ['a planned failover', '127.24.1', 'planned'],
  ])('workers and servers are present on the new Redis master, and their records with them: %s', async (_, net, how) => {
    const rig = new Rig(net);
    rigs.push(rig);
    const master = await rig.redisWithSentinels();
    await rig.sim('livekit', 21, {});
    await rig.sim('egress', 21, {});
    await new RoomServiceClient(`http://${rig.at(21)}:7880`, KEY, SECRET).createRoom({ name: 'r' });
    const { egressId } = egressStarted.parse(await rig.control(21)('egress', 'start', { roomName: 'r' }));
    const replica = new Redis({ host: rig.at(2), port: 7000, password: 'rig' });
    await until('replication', async () => (await replica.hexists('egress', egressId)) === 1 || undefined);
    const before = await replica.hkeys('nodes');
    const switchedAt = Date.now();
    if (how === 'killed') master.kill('SIGKILL');
    else await rig.failover();
    const present = async (channel: string) => Number((await replica.pubsub('NUMSUB', channel))[1]) === 1;
    await until(
      'presence on the new master',
      async () => {
        const all = [
          `RoomManager|CreateRoom|${before[0]}|REQ`,
          'EgressInternal|StartEgress|REQ',
          `EgressHandler|StopEgress|${egressId}|REQ`,
        ];
        return (await Promise.all(all.map(present))).every(Boolean) || undefined;
      },
      40_000,
    );
    // A planned one is followed at once, long before the old master becomes a replica (10 s).
    if (how === 'planned') expect(Date.now() - switchedAt).toBeLessThan(8000);
    await rig.control(21)('egress', 'stop', { egressId });
    await until('the end on the new master', async () => (await replica.hexists('ended_egress', egressId)) === 1 || undefined);
    replica.disconnect();
  });
});
