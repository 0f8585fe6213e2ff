import { z } from 'zod';
import type { Control } from '@/lab/people/options';

const started = { egress: z.object({ egressId: z.string() }), ingress: z.object({ ingressId: z.string() }) };

/** Simulated egress and ingress, started on the media hosts by turns; each is stopped where it was started. */
export class Recordings {
  private readonly homes = new Map<string, Control>();
  private turn = 0;

  constructor(private readonly controls: readonly Control[]) {}

  /** Tries each host once: one that is draining or down refuses. */
  private async start(service: 'egress' | 'ingress', room: string): Promise<unknown> {
    let problem = 'no host with a simulation was given';
    for (let attempt = 0; attempt < this.controls.length; attempt += 1) {
      const control = this.controls[(this.turn += 1) % this.controls.length];
      if (!control) continue;
      try {
        const answer = await control(service, 'start', { roomName: room });
        const id = Object.values(z.record(z.string(), z.string()).parse(answer))[0];
        if (id) this.homes.set(id, control);
        return answer;
      } catch (error) {
        problem = error instanceof Error ? error.message : String(error);
      }
    }
    throw new Error(`no ${service} for ${room}: ${problem}`);
  }

  async startEgress(room: string): Promise<string> {
    return started.egress.parse(await this.start('egress', room)).egressId;
  }

  async startIngress(room: string): Promise<string> {
    return started.ingress.parse(await this.start('ingress', room)).ingressId;
  }

  async stop(service: 'egress' | 'ingress', id: string): Promise<void> {
    const control = this.homes.get(id);
    if (!control) throw new Error(`${id} was not started here`);
    await control(service, 'stop', service === 'egress' ? { egressId: id } : { ingressId: id });
    this.homes.delete(id);
  }
}
