import type { z } from 'zod';
import type { SourceClockView } from '@/lib/contract/health';
import type { Source } from '@/lib/contract/names';
import { Prisma, type Tx } from '@/lib/db/client';
import { freshness, type Clock } from '@/lib/rules/age';
import { roomSources } from '@/lib/rules/sources';
import { FRESHNESS } from '@/lib/rules/freshness';

type ClockRow = {
  deployment_id: string;
  slug: string;
  now: Date;
  led: boolean;
  source: Source | null;
  read_at: Date | null;
  ok_at: Date | null;
  error: string | null;
  exceptions: Record<string, { okAt: string | null; error: string | null }> | null;
};

/** The source clocks of a deployment, and how old what came from them is, by the database's clock. */
export class Clocks {
  readonly views: z.infer<typeof SourceClockView>[] = [];
  private readonly clocks: Clock[] = [];
  constructor(
    readonly slug: string,
    /** A worker holds the lease now. */
    readonly led: boolean,
    readonly now: Date,
  ) {}

  add(row: ClockRow): void {
    if (!row.source) return;
    const exceptions = row.exceptions ?? {};
    this.views.push({
      source: row.source,
      readAt: row.read_at?.toISOString() ?? null,
      okAt: row.ok_at?.toISOString() ?? null,
      error: row.error,
      limitMs: FRESHNESS[row.source].limitMs,
      exceptions,
    });
    const okAt = (at: string | null) => (at === null ? null : Date.parse(at));
    this.clocks.push({
      source: row.source,
      okAt: row.ok_at?.getTime() ?? null,
      exceptions: Object.fromEntries(Object.entries(exceptions).map(([node, e]) => [node, { okAt: okAt(e.okAt) }])),
    });
  }

  /** asOf and stale of what comes from any of these sources; with `node`: as that node answered. */
  of(sources: readonly Source[], node?: string): { asOf: string | null; stale: boolean } {
    const { asOf, stale } = freshness(this.clocks, { sources, node, led: this.led, now: this.now.getTime() });
    return { asOf: asOf === null ? null : new Date(asOf).toISOString(), stale };
  }

  get roomSources(): readonly Source[] {
    return roomSources(this.clocks);
  }

  /** Whether any of these sources ever answered: without, a count of zero is not known. */
  ever(sources: readonly Source[]): boolean {
    return this.clocks.some((c) => sources.includes(c.source) && c.okAt !== null);
  }
}

/** Clocks by deployment id; of all deployments when no ids are given. */
export async function readClocks(db: Tx, ids?: string[]): Promise<Map<string, Clocks>> {
  const rows = await db.$queryRaw<ClockRow[]>`
    SELECT d.id AS deployment_id, d.slug, now() AS now, COALESCE(l.expires_at > now(), false) AS led,
      c.source, c.read_at, c.ok_at, c.error, c.exceptions
    FROM deployment d LEFT JOIN lease l ON l.deployment_id = d.id LEFT JOIN source_clock c ON c.deployment_id = d.id
    ${ids ? Prisma.sql`WHERE d.id = ANY(${ids}::uuid[])` : Prisma.empty}
    ORDER BY d.id, c.source`;
  const all = new Map<string, Clocks>();
  for (const row of rows) {
    const clocks = all.get(row.deployment_id) ?? new Clocks(row.slug, row.led, row.now);
    clocks.add(row);
    all.set(row.deployment_id, clocks);
  }
  return all;
}

/** Where figures of egress come from. */
export const EGRESS_SOURCES = ['livekit'] as const;
