import { randomBytes } from 'node:crypto';
import { proto3, ScalarType as S } from '@bufbuild/protobuf';
import { DeleteIngressRequest, IngressInfo, IngressInput, IngressState, IngressState_Status, Room } from '@livekit/protocol';
import { redisMaster } from './redis.mjs';
import { RpcError, RpcServer } from './psrpc.mjs';

/** rpc.IngressSession and ListActiveIngressResponse (livekit/protocol protobufs/rpc/ingress.proto). */
const text = (no, name, more) => ({ no, name, kind: 'scalar', T: S.STRING, ...more });
const Session = proto3.makeMessageType('rpc.IngressSession', () => [text(1, 'ingress_id'), text(2, 'resource_id')]);
const ListActive = proto3.makeMessageType('rpc.ListActiveIngressResponse', () => [
  text(1, 'ingress_ids', { repeated: true }),
  { no: 2, name: 'ingress_sessions', kind: 'message', T: Session, repeated: true },
]);

const nanos = () => BigInt(Date.now()) * 1_000_000n;
const later = (ms) => new Promise((done) => setTimeout(done, ms));
const briefly = (promise) => Promise.race([promise, later(2000)]);

export class IngressWorker {
  #sessions = new Map();
  #draining = false;

  constructor(redisSettings, address, log) {
    this.address = address;
    this.redis = redisMaster(redisSettings, log);
    this.rpc = new RpcServer(this.redis, redisMaster(redisSettings, log));
  }

  list() {
    return { ingressIds: [...this.#sessions.keys()] };
  }

  /** StartIngress exists for presence only: the lab starts sessions by `start`, so every request is declined. */
  async ready() {
    await this.rpc.register('IngressInternal', 'StartIngress', '', { claim: () => -1, handle: async () => new Uint8Array() });
    await this.rpc.register('IngressInternal', 'ListActiveIngress', '', {
      handle: async () => {
        const ingressSessions = [...this.#sessions].map(([ingressId, { state }]) => ({
          ingressId,
          resourceId: state.resourceId,
        }));
        return new ListActive({ ingressSessions }).toBinary();
      },
    });
  }

  /** Creates an ingress that publishes into a room. `input` is 'rtmp' or 'whip'. Resolves to { ingressId }. */
  async start({ roomName, identity = 'ingress', input = 'rtmp' }) {
    if (this.#draining) throw new Error('this worker is leaving');
    const stored = await this.redis.hgetBuffer('rooms', roomName);
    if (!stored) throw new Error(`no room ${roomName}`);
    const at = nanos();
    const info = new IngressInfo({
      ingressId: `IN_${randomBytes(6).toString('hex')}`,
      name: `simulated ${input}`,
      streamKey: randomBytes(8).toString('hex'),
      url: input === 'rtmp' ? `rtmp://${this.address}:1935/rtmp` : `http://${this.address}:8080/whip`,
      inputType: input === 'rtmp' ? IngressInput.RTMP_INPUT : IngressInput.WHIP_INPUT,
      roomName,
      participantIdentity: identity,
      reusable: true,
    });
    const state = new IngressState({
      status: IngressState_Status.ENDPOINT_PUBLISHING,
      roomId: Room.fromBinary(stored).sid,
      startedAt: at,
      updatedAt: at,
      resourceId: `RS_${randomBytes(6).toString('hex')}`,
    });
    await this.redis
      .pipeline()
      .hset('ingress', info.ingressId, Buffer.from(info.toBinary()))
      .hset('{ingress}_stream_key', info.streamKey, info.ingressId)
      .sadd(`room_{ingress}:${roomName}`, info.ingressId)
      .set(`{ingress}_state:${info.ingressId}`, Buffer.from(state.toBinary()))
      .exec();
    this.#sessions.set(info.ingressId, { info, state });
    await this.rpc.register('IngressHandler', 'DeleteIngress', info.ingressId, {
      claim: () => 1,
      handle: async (raw) => (await this.stop(DeleteIngressRequest.fromBinary(raw).ingressId)).toBinary(),
    });
    return { ingressId: info.ingressId };
  }

  /** Ends a session: its state becomes INACTIVE, the ingress itself stays until it is deleted by the API. */
  async stop(ingressId) {
    const session = this.#sessions.get(ingressId);
    if (!session) throw new RpcError('not_found', `ingress ${ingressId} is not here`);
    this.#sessions.delete(ingressId);
    Object.assign(session.state, { status: IngressState_Status.ENDPOINT_INACTIVE, endedAt: nanos(), updatedAt: nanos() });
    await this.redis.set(`{ingress}_state:${ingressId}`, Buffer.from(session.state.toBinary()));
    await this.rpc.deregister('IngressHandler', 'DeleteIngress', ingressId);
    return session.state;
  }

  /** Takes nothing new; resolves when no session is left, looked at every 5 s as upstream does. */
  async leave(kill) {
    this.#draining = true;
    await briefly(this.rpc.deregister('IngressInternal', 'StartIngress', ''));
    if (kill) await briefly(Promise.all([...this.#sessions.keys()].map((id) => this.stop(id))));
    while (!kill && this.#sessions.size) await later(5000);
    await briefly(this.rpc.deregister('IngressInternal', 'ListActiveIngress', ''));
  }
}
