import { createHmac, timingSafeEqual } from 'node:crypto';
import {
  CreateRoomRequest,
  DeleteIngressRequest,
  DeleteRoomRequest,
  DeleteRoomResponse,
  EgressInfo,
  EgressStatus,
  IngressInfo,
  IngressState,
  IngressState_Status,
  ListEgressRequest,
  ListEgressResponse,
  ListIngressRequest,
  ListIngressResponse,
  ListParticipantsRequest,
  ListParticipantsResponse,
  ListRoomsRequest,
  ListRoomsResponse,
  ParticipantInfo,
  Room,
  StopEgressRequest,
} from '@livekit/protocol';
import { Node } from './node-message.mjs';
import { RpcClient, RpcError } from './psrpc.mjs';

const HTTP_STATUS = {
  unauthenticated: 401,
  permission_denied: 403,
  not_found: 404,
  invalid_argument: 400,
  unavailable: 503,
  failed_precondition: 412,
  unimplemented: 501,
  deadline_exceeded: 408,
};

/**
 * The Twirp methods that consoles use most, answered out of Redis as livekit-server does (lk:pkg/service/*.go), with its
 * token check. Everything else answers `unimplemented`: a simulation does not guess.
 */
export class LiveKitApi {
  constructor(nodes, { key, secret }) {
    this.nodes = nodes;
    this.redis = nodes.redis;
    this.key = key;
    this.secret = secret;
    this.rooms = new RpcClient(nodes.rpc, 'Room');
    this.managers = new RpcClient(nodes.rpc, 'RoomManager');
    this.egress = new RpcClient(nodes.rpc, 'EgressHandler');
    this.ingress = new RpcClient(nodes.rpc, 'IngressHandler');
    this.methods = {
      'RoomService/CreateRoom': [CreateRoomRequest, (grants) => grants.roomCreate, (request) => this.createRoom(request)],
      'RoomService/ListRooms': [ListRoomsRequest, (grants) => grants.roomList, (request) => this.listRooms(request)],
      'RoomService/DeleteRoom': [DeleteRoomRequest, (grants) => grants.roomCreate, (request) => this.deleteRoom(request)],
      'RoomService/ListParticipants': [ListParticipantsRequest, admin, (request) => this.listParticipants(request)],
      'Egress/ListEgress': [ListEgressRequest, (grants) => grants.roomRecord, (request) => this.listEgress(request)],
      'Egress/StopEgress': [StopEgressRequest, (grants) => grants.roomRecord, (request) => this.stopEgress(request)],
      'Ingress/ListIngress': [ListIngressRequest, (grants) => grants.ingressAdmin, (request) => this.listIngress(request)],
      'Ingress/DeleteIngress': [DeleteIngressRequest, (grants) => grants.ingressAdmin, (request) => this.deleteIngress(request)],
    };
  }

  async start() {
    for (const client of [this.rooms, this.managers, this.egress, this.ingress]) await client.start();
  }

  /** @returns {Promise<[number, unknown]>} HTTP status and JSON body of a `POST /twirp/livekit.<name>` */
  async answer(name, authorization, body) {
    try {
      const method = this.methods[name];
      if (!method) throw new RpcError('unimplemented', `${name} is not simulated`);
      const [Type, may, act] = method;
      const request = Type.fromJsonString(body || '{}', { ignoreUnknownFields: true });
      if (!may(this.grants(authorization), request)) throw new RpcError('permission_denied', 'requires other grants');
      const reply = await act(request);
      return [200, reply.toJson({ useProtoFieldName: true, emitDefaultValues: true })];
    } catch (error) {
      const code = error instanceof RpcError ? error.code : 'invalid_argument';
      return [HTTP_STATUS[code] ?? 500, { code, msg: error.message }];
    }
  }

  /** Grants of a token signed with our secret; throws `unauthenticated` otherwise. */
  grants(authorization = '') {
    const [head, payload, signature] = authorization.replace(/^Bearer /, '').split('.');
    const expected = createHmac('sha256', this.secret).update(`${head}.${payload}`).digest();
    const given = Buffer.from(signature ?? '', 'base64url');
    if (given.length !== expected.length || !timingSafeEqual(given, expected))
      throw new RpcError('unauthenticated', 'invalid token');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    if (claims.iss !== this.key) throw new RpcError('unauthenticated', 'invalid API key');
    if (claims.exp * 1000 < Date.now()) throw new RpcError('unauthenticated', 'token is expired');
    return claims.video ?? {};
  }

  async createRoom(request) {
    const nodeId = await this.#place(request);
    await this.redis.hset('room_node_map', request.name, nodeId);
    return Room.fromBinary(await this.managers.call('CreateRoom', nodeId, request.toBinary(), 10_000));
  }

  /** A room stays on its node while that is fresh; else on the wished one, else on any that takes rooms. */
  async #place(request) {
    const mapped = await this.redis.hget('room_node_map', request.name);
    const stored = mapped && (await this.redis.hgetBuffer('nodes', mapped));
    const age = stored ? Date.now() / 1000 - Number(Node.fromBinary(stored).stats?.updatedAt ?? 0) : Infinity;
    if (age < 5) return mapped;
    if (request.nodeId) return request.nodeId;
    const nodes = await this.nodes.placeable();
    const chosen = nodes[Math.floor(Math.random() * nodes.length)];
    if (!chosen) throw new RpcError('unavailable', 'could not find any available nodes');
    return chosen.id;
  }

  async listRooms({ names }) {
    const stored = names.length
      ? await this.redis.hmgetBuffer('rooms', ...names)
      : Object.values(await this.redis.hgetallBuffer('rooms'));
    return new ListRoomsResponse({ rooms: stored.filter(Boolean).map((bytes) => Room.fromBinary(bytes)) });
  }

  async deleteRoom(request) {
    if (!(await this.redis.hexists('rooms', request.room))) throw new RpcError('not_found', 'requested room does not exist');
    await this.rooms.call('DeleteRoom', request.room, request.toBinary());
    return new DeleteRoomResponse();
  }

  async listParticipants({ room }) {
    const stored = Object.values(await this.redis.hgetallBuffer(`room_participants:${room}`));
    return new ListParticipantsResponse({ participants: stored.map((bytes) => ParticipantInfo.fromBinary(bytes)) });
  }

  async listEgress({ roomName, egressId, active }) {
    const all = Object.values(await this.redis.hgetallBuffer('egress')).map((bytes) => EgressInfo.fromBinary(bytes));
    const items = all
      .filter((info) => !roomName || info.roomName === roomName)
      .filter((info) => !egressId || info.egressId === egressId)
      .filter((info) => !active || info.status < EgressStatus.EGRESS_COMPLETE);
    return new ListEgressResponse({ items });
  }

  async stopEgress(request) {
    const stored = await this.redis.hgetBuffer('egress', request.egressId);
    if (!stored) throw new RpcError('not_found', 'egress does not exist');
    const { status } = EgressInfo.fromBinary(stored);
    if (status >= EgressStatus.EGRESS_ENDING) {
      throw new RpcError('failed_precondition', `egress with status ${EgressStatus[status]} cannot be stopped`);
    }
    const answer = this.egress.call('StopEgress', request.egressId, request.toBinary());
    return EgressInfo.fromBinary(await answer.catch(late));
  }

  async listIngress({ roomName, ingressId }) {
    const all = Object.values(await this.redis.hgetallBuffer('ingress')).map((bytes) => IngressInfo.fromBinary(bytes));
    const items = all.filter((info) => (!roomName || info.roomName === roomName) && (!ingressId || info.ingressId === ingressId));
    for (const info of items) info.state = await this.#ingressState(info.ingressId);
    return new ListIngressResponse({ items });
  }

  async deleteIngress(request) {
    const stored = await this.redis.hgetBuffer('ingress', request.ingressId);
    if (!stored) throw new RpcError('not_found', 'ingress does not exist');
    const info = IngressInfo.fromBinary(stored);
    const { status } = await this.#ingressState(request.ingressId);
    const publishing = status === IngressState_Status.ENDPOINT_BUFFERING || status === IngressState_Status.ENDPOINT_PUBLISHING;
    // As upstream: a session that cannot be reached does not keep the ingress from being deleted.
    if (publishing) await this.ingress.call('DeleteIngress', request.ingressId, request.toBinary()).catch(() => undefined);
    const write = this.redis.pipeline().srem(`room_{ingress}:${info.roomName}`, info.ingressId);
    await write
      .hdel('{ingress}_stream_key', info.streamKey)
      .hdel('ingress', info.ingressId)
      .del(`{ingress}_state:${info.ingressId}`)
      .exec();
    info.state = new IngressState({ status: IngressState_Status.ENDPOINT_INACTIVE });
    return info;
  }

  async #ingressState(ingressId) {
    const stored = await this.redis.getBuffer(`{ingress}_state:${ingressId}`);
    return stored ? IngressState.fromBinary(stored) : new IngressState();
  }
}

const admin = (grants, request) => grants.roomAdmin && grants.room === request.room;

/** StopEgress of an egress whose worker is gone answers with a time-out, not with "unavailable". */
function late(error) {
  throw error.code === 'unavailable' ? new RpcError('deadline_exceeded', 'request timed out') : error;
}
