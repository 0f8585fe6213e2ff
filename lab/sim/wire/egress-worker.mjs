import { randomBytes } from 'node:crypto';
import { proto3, ScalarType as S } from '@bufbuild/protobuf';
import {
  EgressInfo,
  EgressStatus,
  FileInfo,
  ParticipantEgressRequest,
  Room,
  RoomCompositeEgressRequest,
  StartEgressRequest,
  StopEgressRequest,
  TrackCompositeEgressRequest,
  TrackEgressRequest,
  WebEgressRequest,
} from '@livekit/protocol';
import { redisMaster } from './redis.mjs';
import { RpcError, RpcServer } from './psrpc.mjs';

/** rpc.StartEgressRequest and ListActiveEgressResponse (livekit/protocol protobufs/rpc/egress.proto). */
const request = (no, name, T) => ({ no, name, kind: 'message', T, oneof: 'request' });
export const RpcStartEgress = proto3.makeMessageType('rpc.StartEgressRequest', () => [
  { no: 1, name: 'egress_id', kind: 'scalar', T: S.STRING },
  { no: 3, name: 'room_id', kind: 'scalar', T: S.STRING },
  { no: 18, name: 'room_name', kind: 'scalar', T: S.STRING },
  request(16, 'egress', StartEgressRequest),
  request(5, 'room_composite', RoomCompositeEgressRequest),
  request(11, 'web', WebEgressRequest),
  request(13, 'participant', ParticipantEgressRequest),
  request(6, 'track_composite', TrackCompositeEgressRequest),
  request(7, 'track', TrackEgressRequest),
]);
const ListActive = proto3.makeMessageType('rpc.ListActiveEgressResponse', () => [
  { no: 1, name: 'egress_ids', kind: 'scalar', T: S.STRING, repeated: true },
]);

const STARTING_MS = 300;
const UPLOAD_MS = 500;
const ROOM_CHECK_MS = 2000;
const nanos = () => BigInt(Date.now()) * 1_000_000n;
const later = (ms) => new Promise((done) => setTimeout(done, ms));
/** A worker that leaves does not wait for a Redis that is gone. */
const briefly = (promise) => Promise.race([promise, later(2000)]);

export class EgressWorker {
  #infos = new Map();
  #ending = new Map();
  #roomless = new Set();
  #draining = false;

  /** @param requests the map that the health port shows: egress id → request as upstream marshals it */
  constructor(redisSettings, requests, log) {
    this.requests = requests;
    this.log = log;
    this.redis = redisMaster(redisSettings, log);
    this.rpc = new RpcServer(this.redis, redisMaster(redisSettings, log));
  }

  async ready() {
    setInterval(() => this.#followRooms().catch(() => undefined), ROOM_CHECK_MS);
    await this.rpc.register('EgressInternal', 'ListActiveEgress', '', {
      handle: async () => new ListActive({ egressIds: [...this.#infos.keys()] }).toBinary(),
    });
    await this.rpc.register('EgressInternal', 'StartEgress', '', {
      // Upstream: idle 0.5, busy 1, so that work is packed onto few workers; below 0 takes no part.
      claim: () => (this.#draining ? -1 : this.#infos.size ? 1 : 0.5),
      handle: async (raw) => (await this.#accept(RpcStartEgress.fromBinary(raw))).toBinary(),
    });
  }

  /** Starts an egress by the lab's wish: of a room (roomName), or of a web page (url). Resolves to { egressId }. */
  async start({ roomName = '', url = '' }) {
    if (this.#draining) throw new Error('this worker is leaving');
    const stored = roomName ? await this.redis.hgetBuffer('rooms', roomName) : null;
    if (roomName && !stored) throw new Error(`no room ${roomName}`);
    const info = await this.#accept(
      new RpcStartEgress({
        egressId: `EG_${randomBytes(6).toString('hex')}`,
        roomId: stored ? Room.fromBinary(stored).sid : '',
        request: url
          ? { case: 'web', value: new WebEgressRequest({ url }) }
          : { case: 'roomComposite', value: new RoomCompositeEgressRequest({ roomName, layout: 'grid' }) },
      }),
    );
    await this.#store(info, true);
    return { egressId: info.egressId };
  }

  /** Ends an egress: ENDING now, COMPLETE after a short simulated upload. Resolves when ENDING is stored. */
  async stop(egressId) {
    const info = this.#infos.get(egressId);
    if (!info) throw new RpcError('not_found', `egress ${egressId} is not here`);
    if (!this.#ending.has(egressId)) {
      info.status = EgressStatus.EGRESS_ENDING;
      await this.#store(info);
      this.#ending.set(
        egressId,
        later(UPLOAD_MS).then(() => this.#end(info, EgressStatus.EGRESS_COMPLETE, '')),
      );
    }
    return info;
  }

  /** Takes no new egress; resolves when none is left. A drain waits for them without a deadline, a kill aborts them. */
  async leave(kill) {
    this.#draining = true;
    await briefly(this.rpc.deregister('EgressInternal', 'StartEgress', ''));
    const all = [...this.#infos.values()];
    if (kill) await briefly(Promise.all(all.map((info) => this.#end(info, EgressStatus.EGRESS_ABORTED, 'Service shutdown'))));
    while (!kill && this.#infos.size) await later(100);
    await briefly(this.rpc.deregister('EgressInternal', 'ListActiveEgress', ''));
  }

  async #accept(start) {
    const { case: kind, value } = start.request;
    if (!kind) throw new RpcError('invalid_argument', 'request has no type');
    const at = nanos();
    const info = new EgressInfo({
      egressId: start.egressId,
      roomId: start.roomId,
      roomName: value.roomName || start.roomName,
      status: EgressStatus.EGRESS_STARTING,
      request: { case: kind, value },
      startedAt: at,
      updatedAt: at,
    });
    this.#infos.set(info.egressId, info);
    this.requests.set(info.egressId, { [kind[0].toUpperCase() + kind.slice(1)]: value.toJson({ useProtoFieldName: true }) });
    await this.rpc.register('EgressHandler', 'StopEgress', info.egressId, {
      claim: () => 1,
      handle: async (raw) => (await this.stop(StopEgressRequest.fromBinary(raw).egressId)).toBinary(),
    });
    later(STARTING_MS)
      .then(() => this.#activate(info))
      .catch((error) => this.log(`egress ${info.egressId}: ${error.message}`));
    return info;
  }

  async #activate(info) {
    if (info.status !== EgressStatus.EGRESS_STARTING) return;
    info.status = EgressStatus.EGRESS_ACTIVE;
    await this.#store(info);
  }

  /** A room that was closed ends its egress. Two looks must agree: a failover may answer once without data. */
  async #followRooms() {
    const live = [...this.#infos.values()].filter((info) => info.roomName && !this.#ending.has(info.egressId));
    if (!live.length) return;
    const rooms = await this.redis.hmget('rooms', ...live.map((info) => info.roomName));
    for (const [index, info] of live.entries()) {
      if (rooms[index] !== null) this.#roomless.delete(info.egressId);
      else if (this.#roomless.has(info.egressId)) await this.stop(info.egressId);
      else this.#roomless.add(info.egressId);
    }
  }

  async #end(info, status, error) {
    const at = nanos();
    Object.assign(info, { status, error, endedAt: at });
    if (!error) {
      const filename = `${info.roomName || 'web'}-${info.egressId}.mp4`;
      info.fileResults = [new FileInfo({ filename, startedAt: info.startedAt, endedAt: at, duration: at - info.startedAt })];
    }
    this.#infos.delete(info.egressId);
    this.requests.delete(info.egressId);
    this.#ending.delete(info.egressId);
    this.#roomless.delete(info.egressId);
    await this.#store(info);
    await this.rpc.deregister('EgressHandler', 'StopEgress', info.egressId);
  }

  /** As livekit-server stores what a worker reports (lk:pkg/service/redisstore.go StoreEgress, UpdateEgress). */
  async #store(info, isNew = false) {
    info.updatedAt = nanos();
    const write = this.redis.pipeline().hset('egress', info.egressId, Buffer.from(info.toBinary()));
    if (isNew) write.sadd(`egress:room:${info.roomName}`, info.egressId);
    if (info.endedAt) write.hset('ended_egress', info.egressId, `${info.roomName}|${info.endedAt}`);
    await write.exec();
  }
}
