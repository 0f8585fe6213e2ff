import type { PoolClient } from 'pg';
import { json } from './json';
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

/** One statement a table and tick: rows go in as one jsonb array. `now` is the leader's time of derivation. */
export class Statements {
  constructor(
    private readonly tx: PoolClient,
    private readonly deploymentId: string,
    private readonly now: string,
  ) {}

  private run(sql: string, rows: unknown): Promise<unknown> {
    return this.tx.query(sql, [this.deploymentId, this.now, json(rows)]);
  }

  clocks(rows: ClockRow[]) {
    return this.tx.query(
      `INSERT INTO source_clock (deployment_id, source, read_at, ok_at, error, exceptions)
       SELECT $1, r.source, r."readAt", r."okAt", r.error, r.exceptions
       FROM jsonb_to_recordset($2::jsonb) AS r(source text, "readAt" timestamptz, "okAt" timestamptz, error text, exceptions jsonb)
       ON CONFLICT (deployment_id, source) DO UPDATE SET read_at = EXCLUDED.read_at, ok_at = EXCLUDED.ok_at, error = EXCLUDED.error, exceptions = EXCLUDED.exceptions`,
      [this.deploymentId, json(rows)],
    );
  }

  /** Of a source that is no longer set up: its age would stand for what another one gives now. */
  removedClocks(sources: string[]) {
    return this.tx.query('DELETE FROM source_clock WHERE deployment_id = $1 AND source = ANY($2)', [this.deploymentId, sources]);
  }

  nodes(rows: (NodeRow & { nodeId: string })[]) {
    return this.run(
      `INSERT INTO node_state (node_id, deployment_id, health, stage, sentence, since, stage_since, reasons, signals, figures, livekit_node_id, updated_at)
       SELECT r."nodeId", $1, r.health, r.stage, r.sentence, r.since, r."stageSince", r.reasons, r.signals, r.figures, r."livekitNodeId", $2
       FROM jsonb_to_recordset($3::jsonb) AS r("nodeId" uuid, health text, stage text, sentence text, since timestamptz, "stageSince" timestamptz,
         reasons jsonb, signals jsonb, figures jsonb, "livekitNodeId" text)
       JOIN node n ON n.id = r."nodeId"
       ON CONFLICT (node_id) DO UPDATE SET health = EXCLUDED.health, stage = EXCLUDED.stage, sentence = EXCLUDED.sentence, since = EXCLUDED.since,
         stage_since = EXCLUDED.stage_since, reasons = EXCLUDED.reasons, signals = EXCLUDED.signals, figures = EXCLUDED.figures,
         livekit_node_id = EXCLUDED.livekit_node_id, updated_at = EXCLUDED.updated_at`,
      rows,
    );
  }

  services(rows: ServiceRow[]) {
    return this.run(
      `INSERT INTO service_state (node_id, service, deployment_id, state, image, started_at, finished_at, restart_count, exit_code, oom_killed, since, updated_at)
       SELECT r."nodeId", r.service, $1, r.state, r.image, r."startedAt", r."finishedAt", r."restartCount", r."exitCode", r."oomKilled", r.since, $2
       FROM jsonb_to_recordset($3::jsonb) AS r("nodeId" uuid, service text, state text, image text, "startedAt" timestamptz, "finishedAt" timestamptz,
         "restartCount" int, "exitCode" int, "oomKilled" boolean, since timestamptz)
       JOIN node n ON n.id = r."nodeId"
       ON CONFLICT (node_id, service) DO UPDATE SET state = EXCLUDED.state, image = EXCLUDED.image, started_at = EXCLUDED.started_at,
         finished_at = EXCLUDED.finished_at, restart_count = EXCLUDED.restart_count, exit_code = EXCLUDED.exit_code, oom_killed = EXCLUDED.oom_killed,
         since = EXCLUDED.since, updated_at = EXCLUDED.updated_at`,
      rows,
    );
  }

  deployment(row: DeploymentRow) {
    return this.run(
      `INSERT INTO deployment_state (deployment_id, status, sentence, since, reasons, quorum, detected, updated_at)
       SELECT $1, r.status, r.sentence, r.since, r.reasons, r.quorum, r.detected, $2
       FROM jsonb_to_recordset($3::jsonb) AS r(status text, sentence text, since timestamptz, reasons jsonb, quorum jsonb, detected jsonb)
       ON CONFLICT (deployment_id) DO UPDATE SET status = EXCLUDED.status, sentence = EXCLUDED.sentence, since = EXCLUDED.since,
         reasons = EXCLUDED.reasons, quorum = EXCLUDED.quorum, detected = EXCLUDED.detected, updated_at = EXCLUDED.updated_at`,
      [row],
    );
  }

  async rooms(
    changed: (RoomRow & { sid: string })[],
    ended: string[],
    moved: { sid: string; nodeId: string | null; livekitNodeId: string }[],
  ) {
    if (changed.length > 0) {
      await this.run(
        `INSERT INTO room (deployment_id, sid, name, node_id, livekit_node_id, participants, publishers, recording, started_at, updated_at)
         SELECT $1, r.sid, r.name, r."nodeId", r."livekitNodeId", r.participants, r.publishers, r.recording, r."startedAt", $2
         FROM jsonb_to_recordset($3::jsonb) AS r(sid text, name text, "nodeId" uuid, "livekitNodeId" text, participants int, publishers int,
           recording boolean, "startedAt" timestamptz)
         ON CONFLICT (deployment_id, sid) DO UPDATE SET name = EXCLUDED.name, node_id = EXCLUDED.node_id, livekit_node_id = EXCLUDED.livekit_node_id,
           participants = EXCLUDED.participants, publishers = EXCLUDED.publishers, recording = EXCLUDED.recording, started_at = EXCLUDED.started_at,
           ended_at = NULL, updated_at = EXCLUDED.updated_at`,
        changed,
      );
    }
    if (ended.length > 0) {
      await this.tx.query(
        'UPDATE room SET ended_at = $2, updated_at = $2 WHERE deployment_id = $1 AND sid = ANY($3) AND ended_at IS NULL',
        [this.deploymentId, this.now, ended],
      );
    }
    const closing = [...ended, ...moved.map((m) => m.sid)];
    if (closing.length > 0) {
      await this.tx.query(
        'UPDATE room_placement SET to_at = $2 WHERE deployment_id = $1 AND room_sid = ANY($3) AND to_at IS NULL',
        [this.deploymentId, this.now, closing],
      );
    }
    if (moved.length > 0) {
      await this.run(
        `INSERT INTO room_placement (deployment_id, room_sid, node_id, livekit_node_id, from_at)
         SELECT $1, r.sid, r."nodeId", r."livekitNodeId", $2 FROM jsonb_to_recordset($3::jsonb) AS r(sid text, "nodeId" uuid, "livekitNodeId" text)`,
        moved,
      );
    }
  }

  egress(rows: (EgressRow & { id: string })[]) {
    return this.run(
      `INSERT INTO egress (deployment_id, egress_id, status, type, room_name, room_sid, node_id, error, outputs, started_at, ended_at, updated_at)
       SELECT $1, r.id, r.status, r.type, r."roomName", r."roomSid", r."nodeId", r.error, r.outputs, r."startedAt", r."endedAt", $2
       FROM jsonb_to_recordset($3::jsonb) AS r(id text, status text, type text, "roomName" text, "roomSid" text, "nodeId" uuid, error text, outputs jsonb,
         "startedAt" timestamptz, "endedAt" timestamptz)
       ON CONFLICT (deployment_id, egress_id) DO UPDATE SET status = EXCLUDED.status, type = EXCLUDED.type, room_name = EXCLUDED.room_name,
         room_sid = EXCLUDED.room_sid, node_id = EXCLUDED.node_id, error = EXCLUDED.error, outputs = EXCLUDED.outputs, started_at = EXCLUDED.started_at,
         ended_at = EXCLUDED.ended_at, updated_at = EXCLUDED.updated_at`,
      rows,
    );
  }

  endedEgress(ids: string[]) {
    return this.tx.query(
      'UPDATE egress SET ended_at = $2, updated_at = $2 WHERE deployment_id = $1 AND egress_id = ANY($3) AND ended_at IS NULL',
      [this.deploymentId, this.now, ids],
    );
  }

  ingress(rows: (IngressRow & { id: string })[]) {
    return this.run(
      `INSERT INTO ingress (deployment_id, ingress_id, name, type, status, room_name, participant, error, started_at, ended_at, updated_at)
       SELECT $1, r.id, r.name, r.type, r.status, r."roomName", r.participant, r.error, r."startedAt", r."endedAt", $2
       FROM jsonb_to_recordset($3::jsonb) AS r(id text, name text, type text, status text, "roomName" text, participant text, error text,
         "startedAt" timestamptz, "endedAt" timestamptz)
       ON CONFLICT (deployment_id, ingress_id) DO UPDATE SET name = EXCLUDED.name, type = EXCLUDED.type, status = EXCLUDED.status,
         room_name = EXCLUDED.room_name, participant = EXCLUDED.participant, error = EXCLUDED.error, started_at = EXCLUDED.started_at,
         ended_at = EXCLUDED.ended_at, updated_at = EXCLUDED.updated_at`,
      rows,
    );
  }

  /** An ingress that was deleted is no history: it leaves. */
  removedIngress(ids: string[]) {
    return this.tx.query('DELETE FROM ingress WHERE deployment_id = $1 AND ingress_id = ANY($2)', [this.deploymentId, ids]);
  }

  incarnations(rows: IncarnationRow[]) {
    return this.run(
      `INSERT INTO node_incarnation (node_id, livekit_node_id, started_at, first_seen_at, ended_at)
       SELECT r."nodeId", r."livekitNodeId", r."startedAt", $2, r."endedAt"
       FROM jsonb_to_recordset($3::jsonb) AS r("nodeId" uuid, "livekitNodeId" text, "startedAt" timestamptz, "endedAt" timestamptz)
       JOIN node n ON n.id = r."nodeId" AND n.deployment_id = $1
       ON CONFLICT (node_id, livekit_node_id) DO UPDATE SET ended_at = EXCLUDED.ended_at`,
      rows,
    );
  }

  /** The last statement of its transaction: it holds the lock that orders all events. */
  events(rows: EventRow[]) {
    return this.tx.query('SELECT append_event($1::jsonb)', [json(rows.map((r) => ({ ...r, deployment_id: this.deploymentId })))]);
  }
}
