import { ListEgressResponse, ListIngressResponse, ListRoomsResponse } from '@livekit/protocol';
import { AccessToken, type VideoGrant } from 'livekit-server-sdk';
import type { LivekitReading } from '@/lib/rules/readings';
import { asLinkError, AuthRefused, BadAnswer, LinkError } from './errors';
import { httpRequest } from './http-request';
import { egressRecord, ingressRecord } from './livekit-records';
import { roomRecord } from './livekit-node';
import { tlsFault, type TlsChoice } from './tls';

export type LivekitTarget = {
  /** https://, wss://, http:// or ws://. */
  url: string;
  apiKey: string;
  apiSecret: string;
  tls: TlsChoice;
  /** Of each call; default 8000. */
  timeoutMs?: number;
};
export type LivekitLink = {
  /** Three calls at once; the server has no pages, so every 5 s is often enough. @throws LinkError */
  read(signal?: AbortSignal): Promise<LivekitReading>;
};

/** 10,000 rooms are 3.2 MB. */
const ANSWER_LIMIT = 64 * 1024 * 1024;

/**
 * The LiveKit API (Twirp, JSON). Tokens and messages are the SDK's; the request is ours, because the SDK's fetch takes no CA
 * of one's own and reads an answer of any length.
 */
export function openLivekit(target: LivekitTarget): LivekitLink {
  return {
    async read(signal) {
      const list = (service: string, method: string, grant: VideoGrant) => call(target, service, method, grant, signal);
      const [rooms, egress, ingress] = await Promise.all([
        list('RoomService', 'ListRooms', { roomList: true }),
        list('Egress', 'ListEgress', { roomRecord: true }),
        list('Ingress', 'ListIngress', { ingressAdmin: true }),
      ]);
      return {
        rooms: parsed(target, () => ListRoomsResponse.fromJson(rooms, LENIENT)).rooms.map(roomRecord),
        egress: parsed(target, () => ListEgressResponse.fromJson(egress, LENIENT)).items.map(egressRecord),
        ingress: parsed(target, () => ListIngressResponse.fromJson(ingress, LENIENT)).items.map(ingressRecord),
      };
    },
  };
}

const LENIENT = { ignoreUnknownFields: true };
type Json = Parameters<typeof ListRoomsResponse.fromJson>[0];

async function call(
  target: LivekitTarget,
  service: string,
  method: string,
  grant: VideoGrant,
  signal?: AbortSignal,
): Promise<Json> {
  const what = `LiveKit at ${new URL(target.url).host}`;
  const url = new URL(`${target.url.replace(/^ws/i, 'http').replace(/\/+$/, '')}/twirp/livekit.${service}/${method}`);
  const token = new AccessToken(target.apiKey, target.apiSecret, { ttl: 60 });
  token.addGrant(grant);
  const answer = await httpRequest(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await token.toJwt()}` },
    body: '{}',
    tls: target.tls,
    timeoutMs: target.timeoutMs ?? 8_000,
    limit: ANSWER_LIMIT,
    signal,
  }).catch((error: unknown) => {
    const fault = tlsFault(error);
    if (fault) throw new LinkError(`${what}: ${fault}.`, 'Give the certificate of its CA, or correct the URL.');
    throw asLinkError(error, what);
  });
  if (answer.status !== 200) throw refusal(answer.status, what, answer.body);
  if (answer.cut) throw new BadAnswer(`${what} sent more than ${ANSWER_LIMIT} bytes.`);
  return parsed(target, () => JSON.parse(answer.body) as Json);
}

function refusal(status: number, what: string, body: string): LinkError {
  if (status === 401 || status === 403)
    return new AuthRefused(`${what} refused the API key or its secret.`, 'Enter LIVEKIT_API_KEY and LIVEKIT_API_SECRET again.');
  if (status === 404) return new BadAnswer(`${what} has no LiveKit API at this path.`, 'Correct the LiveKit URL.');
  const said = /"msg":"((?:[^"\\]|\\.){1,200})/.exec(body)?.[1];
  return new BadAnswer(
    `${what} answered with status ${status}${said ? `: ${said}` : ''}.`,
    'Look at the media nodes and at Caddy.',
  );
}

function parsed<T>(target: LivekitTarget, parse: () => T): T {
  try {
    return parse();
  } catch {
    throw new BadAnswer(`${new URL(target.url).host} does not answer like a LiveKit API.`, 'Correct the LiveKit URL.');
  }
}
