-- Signing in and out is audited with the session's row itself: whatever writes a session writes its audit row, in the same
-- transaction, or neither.
CREATE FUNCTION "auth_session_audited"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE s RECORD; who TEXT; what TEXT;
BEGIN
  IF TG_OP = 'INSERT' THEN s := NEW; ELSE s := OLD; END IF;
  SELECT email INTO who FROM "user" WHERE id = s.user_id;
  what := CASE WHEN TG_OP = 'INSERT' THEN 'session.sign-in' WHEN s.expires_at <= now() THEN 'session.expire' ELSE 'session.sign-out' END;
  INSERT INTO audit_entry (actor_kind, actor_id, actor_label, verb, target, data)
  VALUES ('user', s.user_id, COALESCE(who, s.user_id), what, COALESCE(who, s.user_id),
    jsonb_build_object('sessionId', s.id, 'ip', s.ip_address));
  RETURN NULL;
END $$;
CREATE TRIGGER "auth_session_audit" AFTER INSERT OR DELETE ON "auth_session" FOR EACH ROW EXECUTE FUNCTION "auth_session_audited"();
