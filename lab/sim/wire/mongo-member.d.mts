export interface Said {
  state: number;
  term: number;
  standing: boolean;
}
export class ReplicaMember {
  constructor(hosts: string[], me: number, now: number, electionMs?: number);
  readonly state: 1 | 2;
  primary: number;
  term: number;
  hear(place: number, said: Said | undefined, now: number): void;
  standing(now: number): boolean;
  decide(now: number): void;
  stepDown(seconds: number, now: number): boolean;
}
