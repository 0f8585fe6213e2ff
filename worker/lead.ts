import { hostname } from 'node:os';
import type { Pool } from 'pg';
import type { WorkerClock } from './clock';
import type { Lease } from './fence';
import type { Log } from './log';

export const LEASE_MS = 8_000;
export const BEAT_MS = 2_000;
const WATCH_MS = 500;
/** A worker that missed two beats counts no more: sooner than its leases end, so that the others' share has grown by then. */
const ALIVE_MS = 5_000;
/** A lease nobody took for this long is taken beyond one's share. */
const ORPHAN_MS = 3_000;
/** A new worker must have stayed this long before others hand over to it. */
const SETTLED_MS = 10_000;

type Options = {
  pool: Pool;
  id: string;
  clock: WorkerClock;
  log: Log;
  /** At every beat, before anything is led: whose failure is the database's. */
  measure?: () => Promise<void>;
  /** Called when a deployment is led from now on, and when it no longer is. */
  onLead: (lease: Lease) => void;
  onLost: (lease: Lease) => void;
};

/**
 * Who leads what. Every 2 s: say that this worker lives, renew its leases (8 s, by the database's clock), take expired ones up to
 * a fair share, and hand over what is beyond it when a settled worker has room. A worker that cannot renew stops by its own
 * clock before its lease is over.
 */
export class Leading {
  readonly held = new Map<string, { lease: Lease; until: number }>();
  private cancel: (() => void) | null = null;
  private unwatch: (() => void) | null = null;
  private stopped = false;
  private beating: Promise<void> = Promise.resolve();

  constructor(private readonly o: Options) {}

  start(): void {
    this.schedule(0);
    this.watch();
  }

  /** A lease began to run before its renewal was sent: past that, another may lead, whatever the database's silence means. */
  private watch(): void {
    const now = this.o.clock.monotonic();
    for (const [id, { until }] of this.held) if (now >= until) this.drop(id);
    const next = Math.min(WATCH_MS, ...[...this.held.values()].map((h) => h.until - now));
    if (!this.stopped) this.unwatch = this.o.clock.after(Math.ceil(next), () => this.watch());
  }

  /** Gives every lease up, so that another worker takes over at once. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.cancel?.();
    this.unwatch?.();
    await this.beating;
    for (const id of [...this.held.keys()]) this.drop(id);
    await this.o.pool.query(
      'UPDATE lease SET expires_at = clock_timestamp() WHERE holder = $1 AND expires_at > clock_timestamp()',
      [this.o.id],
    );
    await this.o.pool.query('DELETE FROM worker_instance WHERE id = $1', [this.o.id]);
    await this.o.pool.query("SELECT pg_notify('signalbox_lease', '')");
  }

  /** Something changed (a lease given up, a deployment added): look now. */
  nudge(): void {
    if (!this.stopped) this.schedule(0);
  }

  /** A write of this leader was refused: it observes no longer. */
  deposed(lease: Lease): void {
    if (this.held.get(lease.deploymentId)?.lease.epoch === lease.epoch) this.drop(lease.deploymentId);
  }

  private schedule(ms: number): void {
    this.cancel?.();
    this.cancel = this.o.clock.after(ms, () => {
      this.beating = this.beating
        .then(() => this.beat())
        .finally(() => {
          if (!this.stopped) this.schedule(BEAT_MS);
        });
    });
  }

  private async beat(): Promise<void> {
    if (this.stopped) return;
    const began = this.o.clock.monotonic();
    try {
      await this.o.measure?.();
      await this.live();
      await this.renew(began);
      await this.balance();
    } catch (error) {
      this.o.log.warn({ error }, 'leases cannot be renewed: the database does not answer');
    }
  }

  private async live(): Promise<void> {
    await this.o.pool.query(
      `INSERT INTO worker_instance (id, host, pid, started_at, seen_at) VALUES ($1, $2, $3, clock_timestamp(), clock_timestamp())
       ON CONFLICT (id) DO UPDATE SET seen_at = clock_timestamp()`,
      [this.o.id, hostname(), process.pid],
    );
  }

  private async renew(began: number): Promise<void> {
    if (this.held.size === 0) return;
    const leases = [...this.held.values()].map((h) => h.lease);
    const { rows } = await this.o.pool.query<{ deployment_id: string }>(
      `UPDATE lease SET expires_at = clock_timestamp() + $4 * interval '1 ms' FROM unnest($2::uuid[], $3::bigint[]) AS mine(id, epoch)
       WHERE deployment_id = mine.id AND lease.epoch = mine.epoch AND holder = $1 AND expires_at > clock_timestamp()
         AND EXISTS (SELECT FROM deployment d WHERE d.id = lease.deployment_id) RETURNING deployment_id`,
      [this.o.id, leases.map((l) => l.deploymentId), leases.map((l) => l.epoch), LEASE_MS],
    );
    const renewed = new Set(rows.map((r) => r.deployment_id));
    for (const [id, held] of this.held) {
      if (renewed.has(id)) held.until = began + LEASE_MS;
      else this.drop(id);
    }
  }

  private async balance(): Promise<void> {
    const { rows } = await this.o.pool.query<{
      free: string[];
      orphans: string[];
      deployments: number;
      workers: number;
      room: boolean;
    }>(
      `WITH alive AS (SELECT w.id, w.started_at < clock_timestamp() - $4 * interval '1 ms' AS settled,
           (SELECT count(*) FROM lease l WHERE l.holder = w.id AND l.expires_at > clock_timestamp()) AS leads
         FROM worker_instance w WHERE w.seen_at > clock_timestamp() - $2 * interval '1 ms'),
       free AS (SELECT d.id, COALESCE(l.expires_at, d.created_at) < clock_timestamp() - $3 * interval '1 ms' AS orphan
         FROM deployment d LEFT JOIN lease l ON l.deployment_id = d.id WHERE l.expires_at IS NULL OR l.expires_at <= clock_timestamp())
       SELECT (SELECT COALESCE(array_agg(id), '{}') FROM free) AS free, (SELECT COALESCE(array_agg(id), '{}') FROM free WHERE orphan) AS orphans,
         (SELECT count(*)::int FROM deployment) AS deployments, (SELECT count(*)::int FROM alive) AS workers,
         (SELECT count(*) FROM deployment) > 0 AND EXISTS (SELECT FROM alive WHERE id <> $1 AND settled
           AND leads < floor((SELECT count(*) FROM deployment)::numeric / (SELECT count(*) FROM alive))) AS room`,
      [this.o.id, ALIVE_MS, ORPHAN_MS, SETTLED_MS],
    );
    const now = rows[0];
    if (!now) return;
    const share = Math.ceil(now.deployments / Math.max(1, now.workers));
    for (const id of now.free) {
      if (this.held.size < share || now.orphans.includes(id)) await this.take(id);
    }
    if (this.held.size > share && now.room) await this.handOver();
  }

  private async take(deploymentId: string): Promise<void> {
    const began = this.o.clock.monotonic();
    const { rows } = await this.o.pool.query<{ epoch: string }>(
      `INSERT INTO lease (deployment_id, holder, epoch, expires_at) VALUES ($1, $2, 1, clock_timestamp() + $3 * interval '1 ms')
       ON CONFLICT (deployment_id) DO UPDATE SET holder = $2, epoch = lease.epoch + 1, expires_at = EXCLUDED.expires_at
         WHERE lease.expires_at <= clock_timestamp() RETURNING epoch`,
      [deploymentId, this.o.id, LEASE_MS],
    );
    if (!rows[0] || this.stopped) return;
    const lease = { deploymentId, holder: this.o.id, epoch: BigInt(rows[0].epoch) };
    this.held.set(deploymentId, { lease, until: began + LEASE_MS });
    this.o.log.info({ deployment: deploymentId, epoch: rows[0].epoch }, 'leads');
    this.o.onLead(lease);
  }

  private async handOver(): Promise<void> {
    const last = [...this.held.values()].at(-1);
    if (!last) return;
    const { lease } = last;
    this.drop(lease.deploymentId);
    await this.o.pool.query(
      'UPDATE lease SET expires_at = clock_timestamp() WHERE deployment_id = $1 AND holder = $2 AND epoch = $3',
      [lease.deploymentId, lease.holder, lease.epoch],
    );
    await this.o.pool.query("SELECT pg_notify('signalbox_lease', '')");
  }

  private drop(deploymentId: string): void {
    const held = this.held.get(deploymentId);
    if (!held) return;
    this.held.delete(deploymentId);
    this.o.log.info({ deployment: deploymentId, epoch: String(held.lease.epoch) }, 'no longer leads');
    this.o.onLost(held.lease);
  }
}
