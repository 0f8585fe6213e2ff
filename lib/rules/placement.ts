import type { LivekitNodeRecord, RedisReading } from './readings';

/** What `room_node_map` and `rooms` give for one LiveKit node id. */
export type Hosted = { rooms: number; participants: number };
/** livekit node id → what it hosts. Built once a reading: a deployment may have 10,000 rooms. */
export type Placement = Map<string, Hosted>;

export function placementOf(reading: RedisReading): Placement {
  const placement: Placement = new Map();
  const people = new Map(reading.rooms.map((r) => [r.name, r.participants]));
  for (const [room, id] of reading.roomNodeMap) {
    const hosted = placement.get(id) ?? { rooms: 0, participants: 0 };
    hosted.rooms += 1;
    hosted.participants += people.get(room) ?? 0;
    placement.set(id, hosted);
  }
  return placement;
}

/**
 * The entry that stands for the process now on an address. Entries of dead processes linger for weeks and carry the same ip,
 * so the newest heartbeat wins, then the newest start.
 */
export function recordAt(records: LivekitNodeRecord[], address: string): LivekitNodeRecord | null {
  return records
    .filter((r) => r.ip === address)
    .reduce<LivekitNodeRecord | null>((best, r) => (best === null || newer(r, best) ? r : best), null);
}

function newer(a: LivekitNodeRecord, b: LivekitNodeRecord): boolean {
  const beat = (a.updatedAt ?? 0) - (b.updatedAt ?? 0);
  return beat !== 0 ? beat > 0 : (a.startedAt ?? 0) > (b.startedAt ?? 0);
}
