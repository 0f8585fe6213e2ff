import type { Clients } from '@/lab/people/clients';
import type { Client } from '@/lab/people/options';

interface ChurnParts {
  clients: Clients;
  join: (index: number) => Promise<Client>;
  createRoom: (name: string) => Promise<void>;
  deleteRoom: (name: string) => Promise<void>;
  /** Clients to be kept present. */
  target: number;
  attempt: (what: string, act: () => Promise<unknown>) => Promise<unknown>;
}

const EXTRA_ROOMS = 3;

/** Coming and going: keeps the number of clients near the target, also after a fault threw some of them out. */
export class Churn {
  private timer: NodeJS.Timeout | undefined;
  private step: Promise<void> = Promise.resolve();
  private turns = 0;
  private on = false;
  private readonly extra: string[] = [];

  constructor(private readonly parts: ChurnParts) {}

  start(everyMs = 4000): void {
    if (this.on) return;
    this.on = true;
    const next = () => {
      this.step = this.turn();
      void this.step.then(() => {
        if (this.on) this.timer = setTimeout(next, everyMs);
      });
    };
    this.timer = setTimeout(next, everyMs);
  }

  stop(): void {
    this.on = false;
    clearTimeout(this.timer);
  }

  /** Stopped, and nothing of it under way any more. */
  async finished(): Promise<void> {
    this.stop();
    await this.step;
  }

  private async turn(): Promise<void> {
    const { clients, join, target, attempt } = this.parts;
    this.turns += 1;
    const connected = clients.present().filter((client) => client.state === 'connected');
    const leaver = connected[Math.floor(Math.random() * connected.length)];
    if (leaver && connected.length >= target) await attempt('leave', () => clients.leave(leaver.identity));
    const missing = target - clients.present().length;
    for (let index = 0; index < missing && this.on; index += 1) await attempt('join', () => join(this.turns + index));
    await attempt('room', () => this.rooms());
  }

  private async rooms(): Promise<void> {
    const oldest = this.extra[0];
    if (oldest && this.extra.length >= EXTRA_ROOMS) {
      this.extra.shift();
      return this.parts.deleteRoom(oldest);
    }
    const name = `passing-${this.turns}`;
    await this.parts.createRoom(name);
    this.extra.push(name);
  }
}
