import { randomBytes } from 'node:crypto';
import { proto3, ScalarType as S } from '@bufbuild/protobuf';

/**
 * The part of LiveKit's psrpc that the simulations speak over Redis pub/sub, so that real livekit-servers can call them:
 * internal/internal.proto (messages), pkg/info/channels.go (names), pkg/server/rpc.go (claim, then response).
 */
const field = (no, name, T, more) => ({ no, name, kind: 'scalar', T, ...more });
const message = (name, ...fields) => proto3.makeMessageType(`internal.${name}`, () => fields);

export const Msg = message('Msg', field(1, 'type_url', S.STRING), field(2, 'value', S.BYTES));
export const Request = message(
  'Request',
  field(1, 'request_id', S.STRING),
  field(2, 'client_id', S.STRING),
  field(3, 'sent_at', S.INT64),
  field(4, 'expiry', S.INT64),
  field(5, 'multi', S.BOOL),
  field(8, 'raw_request', S.BYTES),
);
export const Response = message(
  'Response',
  field(1, 'request_id', S.STRING),
  field(2, 'server_id', S.STRING),
  field(3, 'sent_at', S.INT64),
  field(5, 'error', S.STRING),
  field(6, 'code', S.STRING),
  field(7, 'raw_response', S.BYTES),
);
const ClaimRequest = message(
  'ClaimRequest',
  field(1, 'request_id', S.STRING),
  field(2, 'server_id', S.STRING),
  field(3, 'affinity', S.FLOAT),
);
const ClaimResponse = message('ClaimResponse', field(1, 'request_id', S.STRING), field(2, 'server_id', S.STRING));

/** A topic in a channel's name: what is not [0-9A-Za-z_] becomes u+xxxx, above the basic plane U+xxxxxxxx. */
const sanitize = (part) =>
  part.replace(/[^0-9A-Za-z_]/gu, (char) => {
    const code = char.codePointAt(0);
    return code < 0x10000 ? `u+${code.toString(16).padStart(4, '0')}` : `U+${code.toString(16).padStart(8, '0')}`;
  });

/** `Service|Method|topic|REQ`; empty parts are left out. */
export const channel = (...parts) => parts.filter(Boolean).map(sanitize).join('|');

export const envelope = (body) =>
  Buffer.from(new Msg({ typeUrl: `type.googleapis.com/${body.getType().typeName}`, value: body.toBinary() }).toBinary());
export const open = (Type, payload) => Type.fromBinary(Msg.fromBinary(payload).value);

const now = () => BigInt(Date.now()) * 1_000_000n;

/** An error that the caller's API shows with a psrpc code, e.g. `not_found`, `unavailable`. */
export class RpcError extends Error {
  constructor(code, text) {
    super(text);
    this.code = code;
  }
}

/** Serves psrpc methods on two Redis connections: `subscriber` only listens, `publisher` only sends. */
export class RpcServer {
  #id = `SRV_${randomBytes(6).toString('hex')}`;
  #listeners = new Map();
  #claims = new Map();

  constructor(publisher, subscriber) {
    this.publisher = publisher;
    this.subscriber = subscriber;
    subscriber.on('messageBuffer', (name, payload) => this.#listeners.get(name.toString())?.(payload));
  }

  /** Listens on raw channels: a name → function map. */
  async listen(listeners) {
    for (const [name, listener] of Object.entries(listeners)) this.#listeners.set(name, listener);
    await this.subscriber.subscribe(...Object.keys(listeners));
  }

  /**
   * @param {string} service @param {string} method @param {string} topic '' for none
   * @param {{claim?: (request: Buffer) => number, handle: (request: Buffer) => Promise<Uint8Array>}} how `claim` gives the
   *   affinity (below 0: not me) where the method requires a claim before the call
   */
  async register(service, method, topic, how) {
    const listeners = { [channel(service, method, topic, 'REQ')]: (payload) => this.#request(service, how, payload) };
    if (how.claim) listeners[channel(service, method, topic, 'RCLAIM')] = (payload) => this.#claimed(payload);
    await this.listen(listeners);
  }

  async deregister(service, method, topic) {
    const names = ['REQ', 'RCLAIM'].map((kind) => channel(service, method, topic, kind));
    for (const name of names) this.#listeners.delete(name);
    await this.subscriber.unsubscribe(...names);
  }

  async #request(service, how, payload) {
    const request = open(Request, payload);
    if (now() > request.expiry) return;
    if (how.claim && !(await this.#claim(service, how, request))) return;
    const response = new Response({ requestId: request.requestId, serverId: this.#id });
    try {
      response.rawResponse = await how.handle(Buffer.from(request.rawRequest));
    } catch (error) {
      response.error = error.message;
      response.code = error.code ?? 'internal';
    }
    response.sentAt = now();
    await this.publisher.publish(channel(service, request.clientId, 'RES'), envelope(response));
  }

  async #claim(service, how, request) {
    const affinity = how.claim(Buffer.from(request.rawRequest));
    if (affinity < 0) return false;
    const granted = new Promise((done) => {
      const timer = setTimeout(() => done(false), Number((request.expiry - now()) / 1_000_000n));
      this.#claims.set(request.requestId, (server) => (clearTimeout(timer), done(server === this.#id)));
    });
    const claim = new ClaimRequest({ requestId: request.requestId, serverId: this.#id, affinity });
    await this.publisher.publish(channel(service, request.clientId, 'CLAIM'), envelope(claim));
    return granted.finally(() => this.#claims.delete(request.requestId));
  }

  #claimed(payload) {
    const claim = open(ClaimResponse, payload);
    this.#claims.get(claim.requestId)?.(claim.serverId);
  }
}

/** Calls methods as livekit-server calls the node that hosts a room: the first server that claims the request gets it. */
export class RpcClient {
  #id = `CLI_${randomBytes(6).toString('hex')}`;
  #pending = new Map();

  constructor(server, service) {
    this.server = server;
    this.service = service;
  }

  async start() {
    await this.server.listen({
      [channel(this.service, this.#id, 'RES')]: (payload) => {
        const response = open(Response, payload);
        this.#pending.get(response.requestId)?.done(response);
      },
      [channel(this.service, this.#id, 'CLAIM')]: (payload) => this.#grant(open(ClaimRequest, payload)),
    });
  }

  /** @returns {Promise<Uint8Array>} the raw response; rejects with an RpcError, `unavailable` when nobody answers in time */
  async call(method, topic, rawRequest, timeoutMs = 3000) {
    const requestId = `REQ_${randomBytes(6).toString('hex')}`;
    const expiry = now() + BigInt(timeoutMs) * 1_000_000n;
    const request = new Request({ requestId, clientId: this.#id, sentAt: now(), expiry, rawRequest });
    const answer = new Promise((resolve) => {
      const timer = setTimeout(() => resolve(undefined), timeoutMs);
      const done = (response) => (clearTimeout(timer), resolve(response));
      this.#pending.set(requestId, { done, claims: channel(this.service, method, topic, 'RCLAIM'), granted: false });
    });
    await this.server.publisher.publish(channel(this.service, method, topic, 'REQ'), envelope(request));
    const response = await answer.finally(() => this.#pending.delete(requestId));
    if (!response) throw new RpcError('unavailable', 'no response from servers');
    if (response.error) throw new RpcError(response.code, response.error);
    return response.rawResponse;
  }

  #grant({ requestId, serverId }) {
    const pending = this.#pending.get(requestId);
    if (!pending || pending.granted) return;
    pending.granted = true;
    this.server.publisher.publish(pending.claims, envelope(new ClaimResponse({ requestId, serverId })));
  }
}
