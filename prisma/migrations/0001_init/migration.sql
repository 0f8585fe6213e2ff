-- Tables: prisma/schema.prisma says what each is for.
CREATE TABLE "deployment" (
  "id" UUID NOT NULL,
  "slug" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "platform" TEXT NOT NULL,
  "settings" JSONB NOT NULL,
  "rev" INTEGER NOT NULL DEFAULT 1,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  CONSTRAINT "deployment_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "deployment_state" (
  "deployment_id" UUID NOT NULL,
  "status" TEXT NOT NULL,
  "sentence" TEXT NOT NULL,
  "since" TIMESTAMPTZ(3) NOT NULL,
  "reasons" JSONB NOT NULL DEFAULT '[]',
  "quorum" JSONB NOT NULL DEFAULT '{}',
  "detected" JSONB NOT NULL DEFAULT '{}',
  "updated_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "deployment_state_pkey" PRIMARY KEY ("deployment_id")
);

CREATE TABLE "node" (
  "id" UUID NOT NULL,
  "deployment_id" UUID NOT NULL,
  "name" TEXT NOT NULL,
  "role" TEXT NOT NULL,
  "address" TEXT NOT NULL,
  "desired" TEXT NOT NULL DEFAULT 'serving',
  "declared" BOOLEAN NOT NULL DEFAULT false,
  "discovered_at" TIMESTAMPTZ(3),
  "forgotten_at" TIMESTAMPTZ(3),
  "rev" INTEGER NOT NULL DEFAULT 1,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  CONSTRAINT "node_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "node_incarnation" (
  "node_id" UUID NOT NULL,
  "livekit_node_id" TEXT NOT NULL,
  "started_at" TIMESTAMPTZ(3),
  "first_seen_at" TIMESTAMPTZ(3) NOT NULL,
  "ended_at" TIMESTAMPTZ(3),
  CONSTRAINT "node_incarnation_pkey" PRIMARY KEY ("node_id", "livekit_node_id")
);

CREATE TABLE "node_state" (
  "node_id" UUID NOT NULL,
  "deployment_id" UUID NOT NULL,
  "health" TEXT NOT NULL,
  "stage" TEXT NOT NULL,
  "sentence" TEXT NOT NULL,
  "since" TIMESTAMPTZ(3) NOT NULL,
  "stage_since" TIMESTAMPTZ(3) NOT NULL,
  "reasons" JSONB NOT NULL DEFAULT '[]',
  "signals" JSONB NOT NULL DEFAULT '[]',
  "figures" JSONB NOT NULL DEFAULT '{}',
  "livekit_node_id" TEXT,
  "updated_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "node_state_pkey" PRIMARY KEY ("node_id")
);

CREATE TABLE "service_state" (
  "node_id" UUID NOT NULL,
  "service" TEXT NOT NULL,
  "deployment_id" UUID NOT NULL,
  "state" TEXT NOT NULL,
  "image" TEXT,
  "started_at" TIMESTAMPTZ(3),
  "finished_at" TIMESTAMPTZ(3),
  "restart_count" INTEGER NOT NULL DEFAULT 0,
  "exit_code" INTEGER,
  "oom_killed" BOOLEAN NOT NULL DEFAULT false,
  "since" TIMESTAMPTZ(3) NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "service_state_pkey" PRIMARY KEY ("node_id", "service")
);

CREATE TABLE "source_clock" (
  "deployment_id" UUID NOT NULL,
  "source" TEXT NOT NULL,
  "read_at" TIMESTAMPTZ(3),
  "ok_at" TIMESTAMPTZ(3),
  "error" TEXT,
  "exceptions" JSONB NOT NULL DEFAULT '{}',
  CONSTRAINT "source_clock_pkey" PRIMARY KEY ("deployment_id", "source")
);

CREATE TABLE "room" (
  "deployment_id" UUID NOT NULL,
  "sid" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "node_id" UUID,
  "livekit_node_id" TEXT,
  "participants" INTEGER NOT NULL DEFAULT 0,
  "publishers" INTEGER NOT NULL DEFAULT 0,
  "recording" BOOLEAN NOT NULL DEFAULT false,
  "started_at" TIMESTAMPTZ(3) NOT NULL,
  "ended_at" TIMESTAMPTZ(3),
  "updated_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "room_pkey" PRIMARY KEY ("deployment_id", "sid")
);

CREATE TABLE "room_placement" (
  "id" BIGSERIAL NOT NULL,
  "deployment_id" UUID NOT NULL,
  "room_sid" TEXT NOT NULL,
  "node_id" UUID,
  "livekit_node_id" TEXT NOT NULL,
  "from_at" TIMESTAMPTZ(3) NOT NULL,
  "to_at" TIMESTAMPTZ(3),
  CONSTRAINT "room_placement_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "egress" (
  "deployment_id" UUID NOT NULL,
  "egress_id" TEXT NOT NULL,
  "status" TEXT NOT NULL,
  "type" TEXT NOT NULL,
  "room_name" TEXT,
  "room_sid" TEXT,
  "node_id" UUID,
  "error" TEXT,
  "outputs" JSONB NOT NULL DEFAULT '[]',
  "started_at" TIMESTAMPTZ(3),
  "ended_at" TIMESTAMPTZ(3),
  "updated_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "egress_pkey" PRIMARY KEY ("deployment_id", "egress_id")
);

CREATE TABLE "ingress" (
  "deployment_id" UUID NOT NULL,
  "ingress_id" TEXT NOT NULL,
  "name" TEXT NOT NULL DEFAULT '',
  "type" TEXT NOT NULL,
  "status" TEXT NOT NULL,
  "room_name" TEXT,
  "participant" TEXT,
  "error" TEXT,
  "started_at" TIMESTAMPTZ(3),
  "ended_at" TIMESTAMPTZ(3),
  "updated_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "ingress_pkey" PRIMARY KEY ("deployment_id", "ingress_id")
);

CREATE TABLE "sample" (
  "node_id" UUID NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "deployment_id" UUID NOT NULL,
  "cpu" REAL,
  "load1" REAL,
  "mem_used" BIGINT,
  "mem_total" BIGINT,
  "disk_used" BIGINT,
  "disk_total" BIGINT,
  "rx_bps" REAL,
  "tx_bps" REAL,
  "rooms" INTEGER,
  "participants" INTEGER,
  "clients" INTEGER,
  "relayed" INTEGER,
  "egress" INTEGER,
  "ingress" INTEGER,
  "tracks_in" INTEGER,
  "tracks_out" INTEGER,
  CONSTRAINT "sample_pkey" PRIMARY KEY ("node_id", "at")
) PARTITION BY RANGE ("at");

CREATE TABLE "event" (
  "id" BIGSERIAL NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  "deployment_id" UUID,
  "kind" TEXT NOT NULL,
  "severity" TEXT NOT NULL DEFAULT 'info',
  "node" TEXT,
  "room" TEXT,
  "sentence" TEXT NOT NULL DEFAULT '',
  "data" JSONB NOT NULL DEFAULT '{}',
  CONSTRAINT "event_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "secret" (
  "deployment_id" UUID NOT NULL,
  "kind" TEXT NOT NULL,
  "bound_to" TEXT NOT NULL,
  "sealed" BYTEA NOT NULL,
  "key_id" TEXT NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  CONSTRAINT "secret_pkey" PRIMARY KEY ("deployment_id", "kind")
);

CREATE TABLE "host_key" (
  "deployment_id" UUID NOT NULL,
  "endpoint" TEXT NOT NULL,
  "algorithm" TEXT NOT NULL,
  "fingerprint" TEXT NOT NULL,
  "public_key" TEXT NOT NULL,
  "confirmed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  "confirmed_by" TEXT NOT NULL,
  CONSTRAINT "host_key_pkey" PRIMARY KEY ("deployment_id", "endpoint")
);

CREATE TABLE "task" (
  "id" UUID NOT NULL,
  "kind" TEXT NOT NULL,
  "deployment_id" UUID NOT NULL,
  "input" JSONB NOT NULL,
  "status" TEXT NOT NULL DEFAULT 'queued',
  "result" JSONB,
  "error" TEXT,
  "created_by" TEXT NOT NULL,
  "claimed_by" TEXT,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  "started_at" TIMESTAMPTZ(3),
  "finished_at" TIMESTAMPTZ(3),
  "heartbeat_at" TIMESTAMPTZ(3),
  CONSTRAINT "task_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "task_chunk" (
  "task_id" UUID NOT NULL,
  "seq" INTEGER NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  "data" JSONB NOT NULL,
  CONSTRAINT "task_chunk_pkey" PRIMARY KEY ("task_id", "seq")
);

CREATE TABLE "lease" (
  "deployment_id" UUID NOT NULL,
  "holder" TEXT NOT NULL,
  "epoch" BIGINT NOT NULL,
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "lease_pkey" PRIMARY KEY ("deployment_id")
);

CREATE TABLE "worker_instance" (
  "id" TEXT NOT NULL,
  "host" TEXT NOT NULL,
  "pid" INTEGER NOT NULL,
  "started_at" TIMESTAMPTZ(3) NOT NULL,
  "seen_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "worker_instance_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "user" (
  "id" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "email" TEXT NOT NULL,
  "email_verified" BOOLEAN NOT NULL DEFAULT false,
  "image" TEXT,
  "scope" TEXT NOT NULL DEFAULT 'admin',
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  CONSTRAINT "user_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "auth_session" (
  "id" TEXT NOT NULL,
  "user_id" TEXT NOT NULL,
  "token" TEXT NOT NULL,
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  "ip_address" TEXT,
  "user_agent" TEXT,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  CONSTRAINT "auth_session_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "auth_account" (
  "id" TEXT NOT NULL,
  "user_id" TEXT NOT NULL,
  "account_id" TEXT NOT NULL,
  "provider_id" TEXT NOT NULL,
  "access_token" TEXT,
  "refresh_token" TEXT,
  "id_token" TEXT,
  "access_token_expires_at" TIMESTAMPTZ(3),
  "refresh_token_expires_at" TIMESTAMPTZ(3),
  "scope" TEXT,
  "password" TEXT,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  CONSTRAINT "auth_account_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "auth_verification" (
  "id" TEXT NOT NULL,
  "identifier" TEXT NOT NULL,
  "value" TEXT NOT NULL,
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  CONSTRAINT "auth_verification_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "auth_rate_limit" (
  "id" TEXT NOT NULL,
  "key" TEXT NOT NULL,
  "count" INTEGER NOT NULL,
  "last_request" BIGINT NOT NULL,
  CONSTRAINT "auth_rate_limit_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "setup_link" (
  "hash" TEXT NOT NULL,
  "purpose" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  "used_at" TIMESTAMPTZ(3),
  CONSTRAINT "setup_link_pkey" PRIMARY KEY ("hash")
);

CREATE TABLE "api_token" (
  "id" UUID NOT NULL,
  "name" TEXT NOT NULL,
  "prefix" TEXT NOT NULL,
  "hash" TEXT NOT NULL,
  "scope" TEXT NOT NULL,
  "created_by" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  "expires_at" TIMESTAMPTZ(3),
  "last_used_at" TIMESTAMPTZ(3),
  "revoked_at" TIMESTAMPTZ(3),
  CONSTRAINT "api_token_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "audit_entry" (
  "id" BIGSERIAL NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  "actor_kind" TEXT NOT NULL,
  "actor_id" TEXT NOT NULL,
  "actor_label" TEXT NOT NULL,
  "request_id" TEXT,
  "verb" TEXT NOT NULL,
  "deployment_id" UUID,
  "target" TEXT NOT NULL,
  "data" JSONB NOT NULL DEFAULT '{}',
  CONSTRAINT "audit_entry_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "idempotency_key" (
  "actor_id" TEXT NOT NULL,
  "key" TEXT NOT NULL,
  "request_hash" TEXT NOT NULL,
  "status" INTEGER,
  "response" JSONB,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  CONSTRAINT "idempotency_key_pkey" PRIMARY KEY ("actor_id", "key")
);

CREATE UNIQUE INDEX "deployment_slug_key" ON "deployment" ("slug");
CREATE UNIQUE INDEX "node_deployment_id_name_key" ON "node" ("deployment_id", "name");
CREATE UNIQUE INDEX "node_deployment_id_address_key" ON "node" ("deployment_id", "address");
CREATE INDEX "node_state_deployment_id_idx" ON "node_state" ("deployment_id");
CREATE INDEX "service_state_deployment_id_idx" ON "service_state" ("deployment_id");
CREATE INDEX "room_deployment_id_ended_at_name_idx" ON "room" ("deployment_id", "ended_at", "name");
CREATE INDEX "room_deployment_id_node_id_idx" ON "room" ("deployment_id", "node_id");
CREATE INDEX "room_placement_deployment_id_room_sid_idx" ON "room_placement" ("deployment_id", "room_sid");
CREATE INDEX "egress_deployment_id_ended_at_idx" ON "egress" ("deployment_id", "ended_at");
CREATE INDEX "event_deployment_id_id_idx" ON "event" ("deployment_id", "id");
CREATE INDEX "event_at_idx" ON "event" ("at");
CREATE INDEX "task_status_created_at_idx" ON "task" ("status", "created_at");
CREATE UNIQUE INDEX "user_email_key" ON "user" ("email");
CREATE UNIQUE INDEX "auth_session_token_key" ON "auth_session" ("token");
CREATE UNIQUE INDEX "auth_rate_limit_key_key" ON "auth_rate_limit" ("key");
CREATE UNIQUE INDEX "api_token_hash_key" ON "api_token" ("hash");
CREATE INDEX "audit_entry_deployment_id_id_idx" ON "audit_entry" ("deployment_id", "id");
ALTER TABLE "deployment_state" ADD CONSTRAINT "deployment_state_deployment_id_fkey" FOREIGN KEY ("deployment_id") REFERENCES "deployment" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "node" ADD CONSTRAINT "node_deployment_id_fkey" FOREIGN KEY ("deployment_id") REFERENCES "deployment" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "node_incarnation" ADD CONSTRAINT "node_incarnation_node_id_fkey" FOREIGN KEY ("node_id") REFERENCES "node" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "node_state" ADD CONSTRAINT "node_state_node_id_fkey" FOREIGN KEY ("node_id") REFERENCES "node" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "service_state" ADD CONSTRAINT "service_state_node_id_fkey" FOREIGN KEY ("node_id") REFERENCES "node" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "source_clock" ADD CONSTRAINT "source_clock_deployment_id_fkey" FOREIGN KEY ("deployment_id") REFERENCES "deployment" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "room" ADD CONSTRAINT "room_deployment_id_fkey" FOREIGN KEY ("deployment_id") REFERENCES "deployment" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "egress" ADD CONSTRAINT "egress_deployment_id_fkey" FOREIGN KEY ("deployment_id") REFERENCES "deployment" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "ingress" ADD CONSTRAINT "ingress_deployment_id_fkey" FOREIGN KEY ("deployment_id") REFERENCES "deployment" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "secret" ADD CONSTRAINT "secret_deployment_id_fkey" FOREIGN KEY ("deployment_id") REFERENCES "deployment" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "host_key" ADD CONSTRAINT "host_key_deployment_id_fkey" FOREIGN KEY ("deployment_id") REFERENCES "deployment" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "task_chunk" ADD CONSTRAINT "task_chunk_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "task" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "auth_session" ADD CONSTRAINT "auth_session_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "auth_account" ADD CONSTRAINT "auth_account_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- The audit log is append-only, also for the owner's own slips.
CREATE FUNCTION "audit_entry_refuse"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit_entry is append-only' USING ERRCODE = '42501';
END $$;
CREATE TRIGGER "audit_entry_append_only" BEFORE UPDATE OR DELETE ON "audit_entry" FOR EACH ROW EXECUTE FUNCTION "audit_entry_refuse"();
CREATE TRIGGER "audit_entry_no_truncate" BEFORE TRUNCATE ON "audit_entry" FOR EACH STATEMENT EXECUTE FUNCTION "audit_entry_refuse"();

-- Day partitions of sample. SECURITY DEFINER: the worker may ask for a day, not for DDL.
CREATE FUNCTION "ensure_sample_partition"("day" DATE) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE part TEXT := 'sample_' || to_char("day", 'YYYYMMDD');
BEGIN
  IF to_regclass(part) IS NOT NULL THEN RETURN; END IF;
  PERFORM pg_advisory_xact_lock(hashtext('sample-partitions'));
  IF to_regclass(part) IS NOT NULL THEN RETURN; END IF;
  -- Bounds by UTC midnight, whatever the session's time zone is.
  EXECUTE format('CREATE TABLE %I PARTITION OF sample FOR VALUES FROM (%L) TO (%L)', part,
    to_char("day", 'YYYY-MM-DD') || ' 00:00:00+00', to_char("day" + 1, 'YYYY-MM-DD') || ' 00:00:00+00');
END $$;
CREATE FUNCTION "drop_sample_partitions_before"("day" DATE) RETURNS INTEGER LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE part TEXT; dropped INTEGER := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('sample-partitions'));
  FOR part IN SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'sample'::regclass
    AND c.relname < 'sample_' || to_char("day", 'YYYYMMDD')
  LOOP
    EXECUTE format('DROP TABLE %I', part);
    dropped := dropped + 1;
  END LOOP;
  RETURN dropped;
END $$;

-- Events become visible in the order of their ids: the lock is taken by the last statement of a writing transaction,
-- just before the insert (plain `id > last` then skips none). Writers call this, never INSERT.
CREATE FUNCTION "append_event"("rows" JSONB) RETURNS BIGINT LANGUAGE plpgsql AS $$
DECLARE last BIGINT;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('signalbox-event'));
  WITH ins AS (
    INSERT INTO event (at, deployment_id, kind, severity, node, room, sentence, data)
    SELECT COALESCE(r.at, clock_timestamp()), r.deployment_id, r.kind, COALESCE(r.severity, 'info'), r.node, r.room, COALESCE(r.sentence, ''), COALESCE(r.data, '{}')
    FROM ROWS FROM (jsonb_to_recordset("rows") AS (at TIMESTAMPTZ, deployment_id UUID, kind TEXT, severity TEXT, node TEXT, room TEXT, sentence TEXT, data JSONB))
      WITH ORDINALITY AS r(at, deployment_id, kind, severity, node, room, sentence, data, ord)
    ORDER BY r.ord
    RETURNING id)
  SELECT max(id) INTO last FROM ins;
  IF last IS NOT NULL THEN PERFORM pg_notify('signalbox_event', last::text); END IF;
  RETURN last;
END $$;

-- A role each for web and worker. Roles belong to the whole server: another database may have made them already.
DO $$
DECLARE r TEXT;
BEGIN
  FOREACH r IN ARRAY ARRAY['signalbox_web', 'signalbox_worker'] LOOP
    BEGIN
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = r) THEN EXECUTE format('CREATE ROLE %I NOLOGIN', r); END IF;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END;
    BEGIN
      IF NOT pg_has_role(current_user, r, 'MEMBER') THEN EXECUTE format('GRANT %I TO CURRENT_USER', r); END IF;
    EXCEPTION WHEN unique_violation THEN NULL;
    END;
  END LOOP;
END $$;

GRANT USAGE ON SCHEMA public TO signalbox_web, signalbox_worker;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO signalbox_web;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO signalbox_web, signalbox_worker;
GRANT EXECUTE ON FUNCTION "append_event"(JSONB) TO signalbox_web, signalbox_worker;
REVOKE ALL ON FUNCTION "ensure_sample_partition"(DATE), "drop_sample_partitions_before"(DATE) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "ensure_sample_partition"(DATE), "drop_sample_partitions_before"(DATE) TO signalbox_worker;

-- web: inventory, access, tasks it asks for. It reads what was observed and cannot write it. Sealed secrets: written, not opened.
GRANT INSERT, UPDATE, DELETE ON "deployment", "node", "secret", "host_key", "user", "auth_session", "auth_account", "auth_verification",
  "auth_rate_limit", "setup_link", "api_token", "idempotency_key" TO signalbox_web;
GRANT INSERT, UPDATE ON "task" TO signalbox_web;
GRANT INSERT ON "audit_entry", "event" TO signalbox_web;

-- worker: what it observes, leases, answers to tasks. It cannot touch users, tokens or the inventory, but for nodes it found.
GRANT SELECT ON "deployment", "deployment_state", "node", "node_incarnation", "node_state", "service_state", "source_clock", "room", "room_placement",
  "egress", "ingress", "sample", "event", "secret", "host_key", "task", "task_chunk", "lease", "worker_instance" TO signalbox_worker;
GRANT INSERT, UPDATE, DELETE ON "deployment_state", "node_incarnation", "node_state", "service_state", "source_clock", "room", "room_placement",
  "egress", "ingress", "sample", "lease", "worker_instance", "task_chunk" TO signalbox_worker;
GRANT INSERT ON "node", "event", "audit_entry" TO signalbox_worker;
GRANT UPDATE ("discovered_at", "forgotten_at") ON "node" TO signalbox_worker;
GRANT UPDATE ON "task" TO signalbox_worker;
GRANT DELETE ON "event" TO signalbox_worker;
