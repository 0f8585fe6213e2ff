import type { Pool } from 'pg';
import type { Opener } from '@/lib/db/seal';
import type { DatabaseClock } from './database-clock';
import type { Lease } from './fence';
import { inventoryVersions, loadInventory } from './inventory';
import { Leading } from './lead';
import type { Log } from './log';
import type { OpenLinks } from './observe/links';
import { Observer } from './observe/observer';
import { loadKept } from './write/load';
import { deleteRemains } from './write/remains';
import { dropOldDeltas } from './write/samples';

const INVENTORY_MS = 1_500;
const HOUSEKEEPING_MS = 60_000;
const RETRY_MS = 1_000;

type Options = { pool: Pool; id: string; opener: Opener | null; openLinks: OpenLinks; clock: DatabaseClock; log: Log };
type Led = { lease: Lease; version: string; observer: Observer | null; over: boolean };

/** One observer for each deployment this worker leads; begins, updates and ends with lease and inventory. */
export class Supervisor {
  readonly leading: Leading;
  private readonly led = new Map<string, Led>();
  private readonly endings = new Set<Promise<void>>();
  private readonly cancels = new Set<() => void>();
  private refreshing: Promise<void> | null = null;
  private again = false;
  private stopped = false;

  constructor(private readonly o: Options) {
    const { pool, id, clock, log } = o;
    this.leading = new Leading({
      pool,
      id,
      clock,
      log,
      measure: () => clock.measure(pool),
      onLead: (lease) => this.begin(lease),
      onLost: (lease) => this.end(lease),
    });
  }

  start(): void {
    this.leading.start();
    this.every(INVENTORY_MS, () => this.refresh());
    this.every(HOUSEKEEPING_MS, () => this.clean());
  }

  async stop(): Promise<void> {
    this.stopped = true;
    for (const cancel of this.cancels) cancel();
    for (const { lease } of [...this.led.values()]) this.end(lease);
    await this.settled();
    await this.leading.stop().catch((error: unknown) => this.o.log.warn({ error }, 'leases could not be given up'));
  }

  /** Inventory changed, or a lease was given up: look now. */
  nudge(): void {
    this.leading.nudge();
    void this.refresh().catch(() => undefined);
  }

  private async settled(): Promise<void> {
    await Promise.all(this.endings);
  }

  private begin(lease: Lease): void {
    const led: Led = { lease, version: '', observer: null, over: false };
    this.led.set(lease.deploymentId, led);
    void this.open(led);
  }

  /** Until it works: the database may be away just now. */
  private async open(led: Led): Promise<void> {
    const { pool, opener, openLinks, clock, log } = this.o;
    const { deploymentId } = led.lease;
    try {
      const version = (await inventoryVersions(pool, [deploymentId])).get(deploymentId) ?? '';
      const [inventory, kept] = await Promise.all([loadInventory(pool, opener, deploymentId), loadKept(pool, deploymentId)]);
      if (!inventory || led.over || this.stopped) return;
      for (const [kind, why] of Object.entries(inventory.unopened))
        log.warn({ deployment: inventory.slug, secretKind: kind, why }, 'a stored secret cannot be used');
      led.version = version;
      const onDeposed = (lease: Lease) => this.leading.deposed(lease);
      const onFound = () => void this.refresh().catch(() => undefined);
      led.observer = new Observer({ pool, lease: led.lease, inventory, kept, openLinks, clock, log, onDeposed, onFound });
    } catch (error) {
      log.warn({ error, deployment: deploymentId }, 'a deployment cannot be opened');
      if (!led.over && !this.stopped) this.later(RETRY_MS, () => void this.open(led));
    }
  }

  private end(lease: Lease): void {
    const led = this.led.get(lease.deploymentId);
    if (!led || led.lease.epoch !== lease.epoch) return;
    led.over = true;
    this.led.delete(lease.deploymentId);
    if (!led.observer) return;
    const ending = led.observer.stop().catch((error: unknown) => this.o.log.warn({ error }, 'an observer did not end well'));
    this.endings.add(ending);
    void ending.finally(() => this.endings.delete(ending));
  }

  /** One at a time: an older inventory must not come after a newer one. A wish during a turn makes one turn more. */
  private refresh(): Promise<void> {
    this.again = true;
    this.refreshing ??= this.turns().finally(() => (this.refreshing = null));
    return this.refreshing;
  }

  private async turns(): Promise<void> {
    while (this.again && !this.stopped) {
      this.again = false;
      await this.refreshAll();
    }
  }

  private async refreshAll(): Promise<void> {
    const open = [...this.led.values()].filter((l) => l.observer !== null);
    if (open.length === 0) return;
    const versions = await inventoryVersions(
      this.o.pool,
      open.map((l) => l.lease.deploymentId),
    );
    for (const led of open) {
      const id = led.lease.deploymentId;
      const version = versions.get(id);
      // A deleted deployment loses its lease at the next beat.
      if (version === undefined || version === led.version || led.over) continue;
      const inventory = await loadInventory(this.o.pool, this.o.opener, id);
      if (!inventory || led.over) continue;
      led.version = version;
      await led.observer?.update(inventory);
    }
  }

  private async clean(): Promise<void> {
    for (const { lease } of this.led.values()) await dropOldDeltas(this.o.pool, lease);
    await deleteRemains(this.o.pool);
  }

  private every(ms: number, run: () => Promise<void>): void {
    const turn = () => {
      if (this.stopped) return;
      this.later(ms, () => {
        run()
          .catch((error: unknown) => this.o.log.debug({ error }, 'a periodic task failed; it is tried again'))
          .finally(turn);
      });
    };
    turn();
  }

  private later(ms: number, run: () => void): void {
    const cancel = this.o.clock.after(ms, () => {
      this.cancels.delete(cancel);
      run();
    });
    this.cancels.add(cancel);
  }
}
