import { randomBytes } from 'node:crypto';
import {
  CreateRoomRequest,
  DeleteRoomRequest,
  DeleteRoomResponse,
  ParticipantInfo,
  ParticipantInfo_State,
  Room,
} from '@livekit/protocol';
import { Node, NodeState, NodeStats } from './node-message.mjs';
import { redisMaster } from './redis.mjs';
import { RpcServer } from './psrpc.mjs';

const HEARTBEAT_MS = 2000;
const DRAIN_CHECK_MS = 5000;
const FRESH_SECONDS = 5;
const SLICES = 10;
const BATCH = 500;
const seconds = () => BigInt(Math.floor(Date.now() / 1000));
const id = (prefix) => `${prefix}_${randomBytes(6).toString('hex')}`;

/**
 * Simulated livekit-servers, one or a thousand, on two Redis connections: entries in `nodes` written every 2 s, pub/sub
 * presence of nodes and rooms, `rooms`, `room_node_map`, `room_participants:*` (lk:pkg/routing/redisrouter.go,
 * lk:pkg/service/redisstore.go). No media, no signalling: participants are made by join() and are only counted.
 */
export class LiveKitNodes {
  /** @type {Map<string, any>} by address */
  nodes = new Map();
  #slice = 0;

  constructor(redisSettings, log) {
    this.log = log;
    this.redis = redisMaster(redisSettings, log);
    this.rpc = new RpcServer(this.redis, redisMaster(redisSettings, log));
    this.beatAt = Date.now();
  }

  /** Starts the nodes; `rooms` is how many rooms each begins with, `participants` how many people are in each of them. */
  async start(list) {
    await this.#removeDead();
    for (const { address, rooms = 0, participants = 0 } of list) {
      if (this.nodes.has(address)) throw new Error(`a node runs on ${address}`);
      const node = { id: id('ND'), address, state: NodeState.SERVING, startedAt: seconds(), rooms: new Map() };
      this.nodes.set(address, node);
      await this.rpc.register('RoomManager', 'CreateRoom', node.id, {
        claim: () => 1,
        handle: async (raw) => (await this.#host(node, CreateRoomRequest.fromBinary(raw))).toBinary(),
      });
      for (let n = 0; n < rooms; n += 1) node.rooms.set(`sim-${address}-${n}`, newRoom(`sim-${address}-${n}`, participants));
    }
    const added = list.map(({ address }) => this.nodes.get(address));
    await this.#write(added);
    const rooms = added.flatMap((node) => [...node.rooms.values()].map((room) => ({ node, room })));
    for (let at = 0; at < rooms.length; at += BATCH) await this.#storeRooms(rooms.slice(at, at + BATCH));
    if (!this.timer)
      this.timer = setInterval(() => this.#beat().catch((error) => this.log(error.message)), HEARTBEAT_MS / SLICES);
  }

  node(address) {
    const node = this.nodes.get(address);
    if (!node) throw new Error(`no node runs on ${address}`);
    return node;
  }

  /** As kill -9: presence ends, every record stays as it is. */
  async kill(address) {
    const node = this.node(address);
    this.nodes.delete(address);
    await this.#silence(node);
  }

  /** As the first signal: state SHUTTING_DOWN at once; resolves when the last participant has left and the node is gone. */
  async drain(address) {
    const node = this.node(address);
    node.state = NodeState.SHUTTING_DOWN;
    await this.#write([node]);
    while (this.nodes.get(address) === node && people(node)) await new Promise((done) => setTimeout(done, DRAIN_CHECK_MS));
    if (this.nodes.get(address) === node) await this.force(address);
  }

  /** As the second signal: rooms are closed, the node removes itself. */
  async force(address) {
    const node = this.node(address);
    this.nodes.delete(address);
    for (const name of [...node.rooms.keys()]) await this.#close(node, name);
    await this.#silence(node);
    await this.redis.hdel('nodes', node.id);
  }

  async join(address, roomName, count = 1) {
    const node = this.node(address);
    const room = node.rooms.get(roomName);
    if (!room) throw new Error(`no room ${roomName} on ${address}`);
    for (let n = 0; n < count; n += 1) room.people.push(id('guest'));
    await this.#storeRooms([{ node, room }]);
  }

  async leave(address, roomName, count = 1) {
    const node = this.node(address);
    const room = node.rooms.get(roomName);
    if (!room) throw new Error(`no room ${roomName} on ${address}`);
    const gone = room.people.splice(0, count);
    if (gone.length) await this.redis.hdel(`room_participants:${roomName}`, ...gone);
    await this.#storeRooms([{ node, room }]);
  }

  /** Nodes of the whole cluster that take rooms: fresh and SERVING. */
  async placeable() {
    const stored = Object.values(await this.redis.hgetallBuffer('nodes')).map((bytes) => Node.fromBinary(bytes));
    return stored.filter((node) => node.state === NodeState.SERVING && fresh(node));
  }

  async #removeDead() {
    const dead = Object.entries(await this.redis.hgetallBuffer('nodes')).filter(([, bytes]) => !fresh(Node.fromBinary(bytes)));
    if (dead.length) await this.redis.hdel('nodes', ...dead.map(([nodeId]) => nodeId));
  }

  /** A tenth of the nodes each 200 ms, so that a thousand do not write in one burst. */
  async #beat() {
    const all = [...this.nodes.values()];
    this.#slice = (this.#slice + 1) % SLICES;
    await this.#write(all.filter((_, index) => index % SLICES === this.#slice));
    if (this.#slice === 0) await Promise.all(all.map((node) => this.#closeEmpty(node)));
  }

  async #write(nodes) {
    if (!nodes.length) return;
    await this.redis.hset('nodes', new Map(nodes.map((node) => [node.id, Buffer.from(record(node).toBinary())])));
    this.beatAt = Date.now();
  }

  async #host(node, request) {
    let room = node.rooms.get(request.name);
    if (room) return room.info;
    const stored = await this.redis.hgetBuffer('rooms', request.name);
    room = newRoom(request.name, 0);
    // A room whose node died keeps its SID when it is made again.
    if (stored) room.info.sid = Room.fromBinary(stored).sid;
    Object.assign(room.info, {
      emptyTimeout: request.emptyTimeout || room.info.emptyTimeout,
      maxParticipants: request.maxParticipants,
      metadata: request.metadata,
    });
    node.rooms.set(request.name, room);
    await this.#storeRooms([{ node, room }]);
    return room.info;
  }

  async #storeRooms(list) {
    const write = this.redis.pipeline();
    const serve = [];
    for (const { node, room } of list) {
      const { name } = room.info;
      room.info.numParticipants = room.people.length;
      write.hset('rooms', name, Buffer.from(room.info.toBinary())).hset('room_node_map', name, node.id);
      if (room.people.length) write.hset(`room_participants:${name}`, new Map(room.people.map((who) => [who, person(who)])));
      if (!room.served) serve.push({ node, room });
      room.served = true;
    }
    await write.exec();
    await Promise.all(serve.map(({ node, room }) => this.#serveRoom(node, room.info.name)));
  }

  #serveRoom(node, name) {
    return this.rpc.register('Room', 'DeleteRoom', name, {
      claim: () => 1,
      handle: async (raw) => {
        await this.#close(node, DeleteRoomRequest.fromBinary(raw).room);
        return new DeleteRoomResponse().toBinary();
      },
    });
  }

  async #close(node, name) {
    node.rooms.delete(name);
    await this.redis.pipeline().hdel('rooms', name).hdel('room_node_map', name).del(`room_participants:${name}`).exec();
    await this.rpc.deregister('Room', 'DeleteRoom', name);
  }

  async #closeEmpty(node) {
    for (const [name, { info, people: inside }] of node.rooms) {
      if (!inside.length && seconds() - info.creationTime > BigInt(info.emptyTimeout)) await this.#close(node, name);
    }
  }

  async #silence(node) {
    await this.rpc.deregister('RoomManager', 'CreateRoom', node.id);
    await Promise.all([...node.rooms.keys()].map((name) => this.rpc.deregister('Room', 'DeleteRoom', name)));
  }
}

const fresh = (node) => Number(seconds() - (node.stats?.updatedAt ?? 0n)) < FRESH_SECONDS;
const people = (node) => [...node.rooms.values()].reduce((sum, room) => sum + room.people.length, 0);

function newRoom(name, participants) {
  const info = new Room({ sid: id('RM'), name, emptyTimeout: 300, departureTimeout: 20, creationTime: seconds() });
  info.creationTimeMs = BigInt(Date.now());
  return { info, people: Array.from({ length: participants }, () => id('guest')), served: false };
}

function person(identity) {
  const joinedAt = seconds();
  return Buffer.from(new ParticipantInfo({ sid: id('PA'), identity, state: ParticipantInfo_State.ACTIVE, joinedAt }).toBinary());
}

function record(node) {
  const clients = people(node);
  const cpuLoad = Math.min(0.95, 0.02 + clients * 0.002);
  const stats = new NodeStats({
    startedAt: node.startedAt,
    updatedAt: seconds(),
    numRooms: node.rooms.size,
    numClients: clients,
    numTracksIn: clients,
    numTracksOut: clients * 2,
    numCpus: 4,
    cpuLoad,
    loadAvgLast1min: cpuLoad * 4,
    loadAvgLast5min: cpuLoad * 4,
    loadAvgLast15min: cpuLoad * 4,
    memoryTotal: 8n * 1024n ** 3n,
    memoryUsed: 1024n ** 3n + BigInt(clients) * 4n * 1024n ** 2n,
  });
  return new Node({ id: node.id, ip: node.address, numCpus: 4, stats, type: 0, state: node.state });
}
