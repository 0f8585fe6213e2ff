/**
 * One member's view of a replica set of voters with equal priority, pure: what it hears from the others goes in, its own
 * state comes out. Simulated: a primary needs a majority of all voters; the reachable member with the lowest place is
 * elected when a primary has been missed for `electionMs`; a primary that sees no majority or a higher term steps down.
 * Not simulated: votes are not asked for (a new term is announced), there is no oplog, no priority, no arbiter.
 */
export class ReplicaMember {
  /** @param {string[]} hosts all members, in the order of the configuration @param {number} me own place @param {number} now ms */
  constructor(hosts, me, now, electionMs = 2000) {
    Object.assign(this, { hosts, me, electionMs, term: 0, primary: -1, missingSince: now, refuseUntil: 0, startedAt: now });
    this.peers = hosts.map(() => ({ up: false, state: 8, term: 0, standing: false, heardAt: 0 }));
  }

  get state() {
    return this.primary === this.me ? 1 : 2;
  }

  /** What another member said of itself, { state, term, standing }, or undefined when it could not be reached. */
  hear(place, said, now) {
    const peer = this.peers[place];
    peer.up = Boolean(said);
    if (said) Object.assign(peer, said, { heardAt: now });
  }

  /** Would this member take part in an election? */
  standing(now) {
    return now >= this.refuseUntil;
  }

  decide(now) {
    const up = this.hosts.map((_, place) => place === this.me || this.peers[place].up);
    const majority = up.filter(Boolean).length > this.hosts.length / 2;
    const rival = this.peers
      .map((peer, place) => ({ ...peer, place }))
      .filter((peer) => peer.up && peer.place !== this.me && peer.state === 1)
      .sort((a, b) => b.term - a.term || a.place - b.place)[0];
    const beaten = rival && (rival.term > this.term || (rival.term === this.term && rival.place < this.me));
    if (this.primary === this.me && majority && !beaten) return;

    const before = this.primary;
    this.primary = rival && rival.term >= this.term ? rival.place : -1;
    if (this.primary >= 0) this.term = rival.term;
    if (this.primary >= 0 || before >= 0) this.missingSince = now;

    const first = up.findIndex((isUp, place) => isUp && (place === this.me ? this.standing(now) : this.peers[place].standing));
    const due = now - this.missingSince >= this.electionMs;
    if (this.primary < 0 && majority && due && first === this.me) this.lead(now);
  }

  lead(now) {
    this.term = Math.max(this.term, ...this.peers.map((peer) => peer.term)) + 1;
    this.primary = this.me;
    this.missingSince = now;
  }

  /** rs.stepDown: gives up at once and does not stand again for `seconds`. @returns {boolean} was primary */
  stepDown(seconds, now) {
    if (this.primary !== this.me) return false;
    this.primary = -1;
    this.missingSince = now;
    this.refuseUntil = now + seconds * 1000;
    return true;
  }
}
