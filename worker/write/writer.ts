import type { Pool } from 'pg';
import { Detected } from '@/lib/contract/inventory';
import { detect, type Detected as DetectedNow } from '@/lib/rules/detected';
import type { DeploymentState, NodeState, Snapshot } from '@/lib/rules/health';
import { fenced, type Lease } from '../fence';
import type { Inventory } from '../observe/links';
import { clockRows } from './clocks';
import { Deltas } from './delta';
import { happenings } from './happenings';
import { Written } from './json';
import type { Kept } from './load';
import type {
  ClockRow,
  DeploymentRow,
  EgressRow,
  EventRow,
  IncarnationRow,
  IngressRow,
  NodeRow,
  RoomRow,
  ServiceRow,
} from './rows';
import { incarnationRows, serviceRows } from './services';
import { Statements } from './statements';
import { egressRows, ingressRows, roomRows } from './workload';

export type Derived = {
  snapshot: Snapshot;
  nodes: ReadonlyMap<string, NodeState>;
  deployment: DeploymentState;
  /** What the config files of a master said; null: not read by this leader. */
  files: DetectedNow | null;
};

/** Writes what differs from what was written last, in one fenced transaction a tick; a failed tick is simply made up for by the next. */
export class Writer {
  private readonly nodes = new Written<NodeRow>();
  readonly services = new Written<ServiceRow>();
  private readonly rooms = new Written<RoomRow>(JSON.stringify);
  /** The reading whose rooms stand in the database: 10,000 rooms are compared once a reading, not once a tick. */
  private roomsOf: unknown = null;
  private readonly egress = new Written<EgressRow>();
  private readonly ingress = new Written<IngressRow>();
  private readonly incarnations = new Written<IncarnationRow>();
  private readonly clocks = new Written<ClockRow>();
  private deployment: DeploymentRow | null;
  private deploymentText = new Written<DeploymentRow>();
  private readonly deltas = new Deltas();
  private happened: EventRow[] = [];

  constructor(
    private readonly pool: Pool,
    private readonly lease: Lease,
    kept: Kept,
  ) {
    this.nodes.load(kept.nodes);
    this.services.load(kept.services);
    this.rooms.load(kept.rooms);
    this.egress.load(kept.egress);
    this.ingress.load(kept.ingress);
    this.incarnations.load(kept.incarnations);
    this.deployment = kept.deployment;
    this.clocks.load(kept.clocks.map((c) => [c.source, c]));
    if (kept.deployment) this.deploymentText.load([['', kept.deployment]]);
  }

  /** Something that no state shows, such as a failover: written with the next tick. */
  tell(event: EventRow): void {
    this.happened.push(event);
  }

  /** @returns how many rows changed. @throws Deposed; driver errors when the database is away */
  async write({ snapshot, nodes, deployment, files }: Derived, inventory: Inventory): Promise<number> {
    const nodeRows = new Map([...nodes].map(([id, state]) => [id, withoutAges(state)]));
    const next: DeploymentRow = { ...deployment, detected: detect(hosts(snapshot), files, knownDetected(this.deployment)) };
    const reading = snapshot.redis.value ?? snapshot.livekit.value;
    const d = {
      nodes: this.nodes.diff(nodeRows, true),
      services: this.services.diff(serviceRows(snapshot, this.services.rows), false),
      rooms: diffOr(this.rooms, this.roomsOf === reading ? null : roomRows(snapshot, this.rooms.rows)),
      egress: diffOr(this.egress, egressRows(snapshot, this.egress.rows)),
      ingress: diffOr(this.ingress, ingressRows(snapshot)),
      incarnations: this.incarnations.diff(incarnationRows(snapshot, nodeRows, this.incarnations.rows), false),
      clocks: this.clocks.diff(clockRows(snapshot), true),
      deployment: this.deploymentText.diff(new Map([['', next]]), false),
    };
    const told = this.happened;
    const events = [
      ...told,
      ...happenings(snapshot, {
        nodes: { changed: d.nodes.changed, before: this.nodes.rows },
        services: { changed: d.services.changed, before: this.services.rows },
        rooms: { changed: d.rooms.changed, before: this.rooms.rows },
        deployment: { next, before: this.deployment },
      }),
    ];
    const moved = [...d.rooms.changed].flatMap(([sid, r]) =>
      r.livekitNodeId !== null && this.rooms.rows.get(sid)?.livekitNodeId !== r.livekitNodeId
        ? [{ sid, nodeId: r.nodeId, livekitNodeId: r.livekitNodeId }]
        : [],
    );
    this.deltas.note({
      nodes: d.nodes.changed.keys(),
      services: d.services.changed.size > 0,
      rooms: size(d.rooms) > 0,
      egress: size(d.egress) > 0,
      ingress: size(d.ingress) > 0,
      deployment: d.deployment.changed.size > 0,
      events: events.length > 0,
    });
    const rooms = d.rooms.full ?? this.rooms.rows;
    const delta = this.deltas.due(snapshot.now, () => ({
      inventory,
      snapshot,
      nodes,
      deployment,
      rooms,
      egress: this.egress.rows,
      ingress: this.ingress.rows,
    }));
    const changes = [...Object.values(d)].reduce((n, x) => n + size(x), 0);
    if (changes === 0 && events.length === 0 && !delta) {
      this.roomsOf = reading;
      return 0;
    }

    await fenced(this.pool, this.lease, async (tx) => {
      const to = new Statements(tx, this.lease.deploymentId, new Date(snapshot.now).toISOString());
      if (d.clocks.changed.size > 0) await to.clocks([...d.clocks.changed.values()]);
      if (d.clocks.gone.length > 0) await to.removedClocks(d.clocks.gone);
      if (d.nodes.changed.size > 0) await to.nodes([...d.nodes.changed].map(([nodeId, row]) => ({ nodeId, ...row })));
      if (d.services.changed.size > 0) await to.services([...d.services.changed.values()]);
      if (d.deployment.changed.size > 0) await to.deployment(next);
      if (size(d.rooms) > 0)
        await to.rooms(
          [...d.rooms.changed].map(([sid, row]) => ({ sid, ...row })),
          d.rooms.gone,
          moved,
        );
      if (d.egress.changed.size > 0) await to.egress([...d.egress.changed].map(([id, row]) => ({ id, ...row })));
      if (d.egress.gone.length > 0) await to.endedEgress(d.egress.gone);
      if (d.ingress.changed.size > 0) await to.ingress([...d.ingress.changed].map(([id, row]) => ({ id, ...row })));
      if (d.ingress.gone.length > 0) await to.removedIngress(d.ingress.gone);
      if (d.incarnations.changed.size > 0) await to.incarnations([...d.incarnations.changed.values()]);
      const rows = [...events, ...(delta ? [delta] : [])];
      if (rows.length > 0) await to.events(rows);
    });

    for (const x of Object.values(d)) x.keep();
    this.deployment = next;
    this.roomsOf = reading;
    this.happened = this.happened.slice(told.length);
    if (delta) this.deltas.sent(snapshot.now);
    return changes;
  }
}

type Diff<Row> = { changed: Map<string, Row>; gone: string[]; keep: () => void; full?: ReadonlyMap<string, Row> };

/** A list that was not read says nothing: nothing of it changed, nothing is gone. */
function diffOr<Row>(written: Written<Row>, next: Map<string, Row> | null): Diff<Row> {
  return next ? { ...written.diff(next, true), full: next } : { changed: new Map(), gone: [], keep: () => undefined };
}

function size(d: { changed: ReadonlyMap<string, unknown>; gone: string[] }): number {
  return d.changed.size + d.gone.length;
}

/**
 * Ages of signals that answer stand in source_clock, one row a source and tick: a row of node_state changes only when something
 * did. A silent one keeps the time of its last good answer.
 */
function withoutAges(state: NodeState): NodeRow {
  return { ...state, signals: state.signals.map((x) => ({ ...x, okAt: x.state === 'silent' ? x.okAt : null, readAt: null })) };
}

function hosts(s: Snapshot) {
  return s.nodes.filter((n) => n.role !== 'media').flatMap((n) => n.stream.value ?? []);
}

function knownDetected(row: DeploymentRow | null) {
  return Detected.catch(Detected.parse({})).parse(row?.detected ?? {});
}
