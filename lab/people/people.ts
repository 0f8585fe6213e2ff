import { AccessToken, RoomServiceClient } from 'livekit-server-sdk';
import { Churn } from '@/lab/people/churn';
import { Clients } from '@/lab/people/clients';
import type { People, PeopleOptions } from '@/lab/people/options';
import { Recordings } from '@/lab/people/recordings';

/** Rooms of the lab outlive a quiet night: LiveKit closes empty ones after 300 s otherwise. In seconds. */
const STAYS_OPEN = 7 * 24 * 3600;
const ROOM_ATTEMPTS = 8;
const RETRY_MS = 1500;
const AT_ONCE = 10;

/**
 * Fills a deployment with rooms, real participants (rtc-node: signalling and a small video through the balancer) and
 * simulated recordings. Where rtc-node cannot be loaded it makes the rooms only and logs that.
 * Throws when the rooms cannot be made; a client that cannot join is logged, not thrown.
 */
export async function startPeople(options: PeopleOptions): Promise<People> {
  const { apiKey, apiSecret, log } = options;
  const url = new URL(options.livekitUrl);
  const http = `${url.protocol === 'wss:' || url.protocol === 'https:' ? 'https' : 'http'}://${url.host}`;
  const api = new RoomServiceClient(http, apiKey, apiSecret);
  const names =
    typeof options.rooms === 'number' ? Array.from({ length: options.rooms }, (_, i) => `room-${i + 1}`) : [...options.rooms];
  const rooms = new Set<string>();
  let guests = 0;

  const token = async (room: string, identity: string) => {
    const access = new AccessToken(apiKey, apiSecret, { identity, ttl: '12h' });
    access.addGrant({ room, roomJoin: true, canPublish: true, canSubscribe: true });
    return access.toJwt();
  };
  const createRoom = async (name: string, nodeId?: string) => {
    const request = { name, emptyTimeout: STAYS_OPEN, departureTimeout: STAYS_OPEN, ...(nodeId && { nodeId }) };
    await patiently(() => api.createRoom(request));
    rooms.add(name);
  };
  const deleteRoom = async (name: string) => {
    rooms.delete(name);
    await api.deleteRoom(name);
  };

  for (let at = 0; at < names.length; at += AT_ONCE)
    await Promise.all(names.slice(at, at + AT_ONCE).map((name) => createRoom(name)));
  // Made side by side, named in the order that was asked for.
  rooms.clear();
  names.forEach((name) => rooms.add(name));
  const clients = new Clients(http.replace(/^http/, 'ws'), token, log);
  const recordings = new Recordings(options.controls ?? []);
  const join = (room: string, identity = `guest-${(guests += 1)}`) => clients.join(room, identity);
  const populated = names.slice(0, Math.max(1, Math.min(names.length, Math.floor(options.clients / 2))));
  const roomAt = (index: number) => populated[index % populated.length] ?? 'room-1';
  const attempt = (what: string, act: () => Promise<unknown>) =>
    act().catch((error: unknown) => log(`${what}: ${error instanceof Error ? error.message : String(error)}`));

  const real = options.clients > 0 ? await clients.available() : true;
  if (!real) log(`no participants, rooms only: rtc-node cannot be loaded (${clients.unavailable})`);
  else for (let index = 0; index < options.clients; index += 1) await attempt('join', () => join(roomAt(index)));
  for (const room of names.slice(0, options.egress ?? 0)) await attempt('egress', () => recordings.startEgress(room));
  for (const room of names.slice(0, options.ingress ?? 0)) await attempt('ingress', () => recordings.startIngress(room));

  const churn = new Churn({
    clients,
    join: (index) => join(roomAt(index)),
    createRoom,
    deleteRoom,
    target: real ? options.clients : 0,
    attempt,
  });
  return {
    real,
    ...(clients.unavailable && { why: clients.unavailable }),
    get pid() {
      return clients.pid;
    },
    rooms: () => [...rooms],
    clients: () => clients.all(),
    counters: () => clients.counters(),
    createRoom,
    deleteRoom,
    join,
    leave: (identity) => clients.leave(identity),
    churn: (on, everyMs) => (on ? churn.start(everyMs) : churn.stop()),
    startEgress: (room) => recordings.startEgress(room),
    stopEgress: (egressId) => recordings.stop('egress', egressId),
    startIngress: (room) => recordings.startIngress(room),
    stopIngress: (ingressId) => recordings.stop('ingress', ingressId),
    async stop() {
      await churn.finished();
      await clients.end();
    },
  };
}

/** A deployment that has just started refuses for a few seconds. */
async function patiently<T>(act: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await act();
    } catch (error) {
      if (attempt === ROOM_ATTEMPTS) throw error;
      await new Promise((done) => setTimeout(done, RETRY_MS));
    }
  }
}
