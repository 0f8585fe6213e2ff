import { FRESHNESS } from '@/lib/rules/freshness';
import type { ContainerEvent, HostReading } from '@/lib/rules/readings';
import type { WorkerClock } from '../clock';
import type { Links, NodeAddress, NodeStream } from './links';

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

type Handlers = {
  tick: (r: HostReading) => void;
  event: (e: ContainerEvent) => void;
  failed: (error: string, wasLive: boolean) => void;
};

/** Keeps one stream to one node: opens it again with a growing wait, at once on suspicion, and ends one that went quiet. */
export class StreamKeeper {
  private stream: NodeStream | null = null;
  private turn = 0;
  private live = false;
  private wait = FIRST_WAIT_MS;
  private cancel: (() => void) | null = null;
  private stopped = false;

  constructor(
    private readonly clock: WorkerClock,
    private readonly links: Pick<Links, 'stream'>,
    private readonly node: NodeAddress,
    private readonly on: Handlers,
  ) {}

  start(): this {
    this.open();
    return this;
  }

  /** Look now: the script ticks at once, or a lost stream is tried again without waiting. */
  poke(): void {
    if (this.live) this.stream?.poke();
    else if (this.stream === null && !this.stopped) this.open();
  }

  stop(): void {
    this.stopped = true;
    this.turn += 1;
    this.cancel?.();
    this.stream?.close();
  }

  private open(): void {
    this.cancel?.();
    const turn = ++this.turn;
    const mine = (run: () => void) => () => (turn === this.turn && !this.stopped ? run() : undefined);
    this.watch(turn);
    this.stream = this.links.stream(this.node, {
      tick: (reading) =>
        mine(() => {
          this.live = true;
          this.wait = FIRST_WAIT_MS;
          this.watch(turn);
          this.on.tick(reading);
        })(),
      event: (event) => mine(() => this.on.event(event))(),
      end: (error) => mine(() => this.ended(error))(),
    });
  }

  private watch(turn: number): void {
    this.cancel?.();
    this.cancel = this.clock.after(FRESHNESS.stream.timeoutMs, () => {
      if (turn === this.turn) this.ended(`nothing came for ${FRESHNESS.stream.timeoutMs / 1000} s`);
    });
  }

  private ended(error: string): void {
    const wasLive = this.live;
    this.turn += 1;
    this.live = false;
    this.stream?.close();
    this.stream = null;
    this.cancel?.();
    this.cancel = this.clock.after(this.wait, () => this.open());
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT_MS);
    this.on.failed(error, wasLive);
  }
}
