import { expect, test } from 'vitest';
import { ReplicaMember } from '@/lab/sim/wire/mongo-member.mjs';

/** Four members that hear of each other every 500 ms, except those that are down or on the other side of a cut. */
class ReplicaSet {
  now = 0;
  down = new Set<number>();
  side: number[] = [0, 0, 0, 0];
  members = [0, 1, 2, 3].map((place) => new ReplicaMember(['a', 'b', 'c', 'd'], place, 0, 2000));

  run(ms: number): void {
    for (const end = this.now + ms; this.now < end; this.now += 500) {
      const said = this.members.map((member) => ({
        state: member.state,
        term: member.term,
        standing: member.standing(this.now),
      }));
      const alive = this.members.map((member, place) => ({ member, place })).filter(({ place }) => !this.down.has(place));
      for (const { member, place } of alive) {
        said.forEach((words, other) => {
          if (other === place) return;
          const reachable = !this.down.has(other) && this.side[other] === this.side[place];
          member.hear(other, reachable ? words : undefined, this.now);
        });
      }
      for (const { member } of alive) member.decide(this.now);
    }
  }

  primaries = () => this.members.flatMap((member, place) => (member.state === 1 && !this.down.has(place) ? [place] : []));
}

test('four members that see each other elect one primary and keep it', () => {
  const set = new ReplicaSet();
  set.run(5000);
  expect(set.primaries()).toEqual([0]);
  set.run(60_000);
  expect(set.members.map((member) => [member.primary, member.term])).toEqual([1, 1, 1, 1].map(() => [0, 1]));
});

test('when the primary dies another is elected in a new term, and the old one comes back as a secondary', () => {
  const set = new ReplicaSet();
  set.run(5000);
  set.down.add(0);
  set.run(5000);
  expect(set.primaries()).toEqual([1]);
  set.down.delete(0);
  set.run(5000);
  expect(set.primaries()).toEqual([1]);
  expect(set.members[0]!.term).toBe(2);
});

test('without a majority there is no primary: two of four cannot elect, and a primary among them steps down', () => {
  const set = new ReplicaSet();
  set.run(5000);
  set.down.add(2).add(3);
  set.run(30_000);
  expect(set.primaries()).toEqual([]);
  set.down.clear();
  set.run(5000);
  expect(set.primaries()).toHaveLength(1);
});

test('a cut never leaves two primaries on sides that see each other again', () => {
  const set = new ReplicaSet();
  set.run(5000);
  set.side = [1, 0, 0, 0];
  set.run(10_000);
  expect(set.primaries()).toEqual([1]);
  set.side = [0, 0, 0, 0];
  set.run(3000);
  expect(set.primaries()).toEqual([1]);
});

test('after a step-down another member leads, and the one that stepped down does not stand until its time is over', () => {
  const set = new ReplicaSet();
  set.run(5000);
  expect(set.members[0]!.stepDown(20, set.now)).toBe(true);
  expect(set.members[1]!.stepDown(20, set.now)).toBe(false);
  set.run(4000);
  expect(set.primaries()).toEqual([1]);
});
