"""The trail's doors: one function that writes, one that seals, one that gives the day's heads, one that is read from."""

from django.db import migrations

from nsvcs.rls import CloseTable, Function

# The actor is who the database says is acting. Only the owner's own connection, a command's, may name another.
RECORD = """
DECLARE
    me uuid := nsvcs_me();
    job uuid := nsvcs_job();
    role text := '';
    written bigint;
BEGIN
    IF me IS NULL AND job IS NULL AND pg_has_role(session_user, current_user, 'USAGE') THEN
        me := p_by;
    END IF;
    SELECT u.role INTO role FROM accounts_user u WHERE u.id = me;
    INSERT INTO audit_event (at, actor_id, actor_role, action, target_type, target_id, case_ids, stream, place, detail)
    VALUES (
        clock_timestamp(), me, coalesce(role, CASE WHEN job IS NOT NULL THEN 'job' ELSE '' END),
        p_action, p_target_type, p_target_id, p_cases,
        CASE WHEN cardinality(p_cases) = 1 THEN 'case:' || p_cases[1]
             WHEN me IS NOT NULL THEN 'user:' || me ELSE 'system' END,
        CASE WHEN current_setting('nsvcs.process', true) = 'worker' THEN 'worker'
             WHEN current_setting('nsvcs.process', true) IS DISTINCT FROM 'web' THEN 'command'
             WHEN role = 'victim' THEN 'portal' ELSE 'staff' END,
        p_detail)
    RETURNING id INTO written;
    INSERT INTO audit_unsealed (event_id) VALUES (written);
END
"""

CANONICAL = """
SELECT jsonb_build_array(
    p.id, to_char(p.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), p.actor_id, p.actor_role, p.action,
    p.target_type, p.target_id, to_jsonb(p.case_ids), p.stream, p.place, p.detail)::text
"""

SEAL = """
DECLARE
    e audit_event;
    last audit_seal;
    sealed integer := 0;
    before bytea;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('audit_seal'));
    FOR e IN SELECT v.* FROM audit_unsealed q JOIN audit_event v ON v.id = q.event_id ORDER BY v.id LIMIT p_limit LOOP
        SELECT * INTO last FROM audit_seal s WHERE s.stream = e.stream ORDER BY s.sequence DESC LIMIT 1;
        before := coalesce(last.digest, '\\x'::bytea);
        INSERT INTO audit_seal (event_id, stream, sequence, previous, digest) VALUES (
            e.id, e.stream, coalesce(last.sequence, 0) + 1, before,
            sha256(before || convert_to(audit_canonical(e), 'UTF8')));
        DELETE FROM audit_unsealed q WHERE q.event_id = e.id;
        sealed := sealed + 1;
    END LOOP;
    RETURN sealed;
END
"""

HEADS = """
SELECT coalesce(jsonb_object_agg(h.stream, jsonb_build_array(h.sequence, encode(h.digest, 'hex'))), '{}'::jsonb)
FROM (
    SELECT DISTINCT ON (s.stream) s.stream, s.sequence, s.digest
    FROM audit_seal s JOIN audit_event e ON e.id = s.event_id
    WHERE e.stream IN (SELECT DISTINCT v.stream FROM audit_event v WHERE v.at >= p_since)
    ORDER BY s.stream, s.sequence DESC
) h
"""

KEEP_DIGEST = """
INSERT INTO audit_digest (day, heads, signature, made_at) VALUES (p_day, p_heads, p_signature, clock_timestamp())
ON CONFLICT (day) DO NOTHING RETURNING true
"""

# By role and day only: who looked is a name for staff, and only for cases one may see oneself.
OPENINGS = """
SELECT (e.at AT TIME ZONE 'Europe/London')::date, e.actor_role, e.actor_id, e.action, count(*)
FROM audit_event e
WHERE e.stream = 'case:' || p_case AND p_case = ANY (my_shared_cases() || my_staff_cases())
  AND e.action IN ('case.opened', 'entry.listed', 'entry.opened', 'evidence.viewed', 'evidence.downloaded',
                   'bundle.downloaded', 'case.granted')
GROUP BY 1, 2, 3, 4 ORDER BY 1 DESC, 2
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial"), ("nsvcs", "0001_identity")]
    operations = [
        CloseTable("audit_event", append_only=True),
        CloseTable("audit_seal", append_only=True),
        CloseTable("audit_digest", append_only=True),
        CloseTable("audit_unsealed"),
        Function(
            "audit_record(p_action text, p_target_type text, p_target_id text, p_cases uuid[], p_detail jsonb, p_by uuid)",
            "void",
            RECORD,
            language="plpgsql",
            volatility="VOLATILE",
        ),
        migrations.RunSQL(
            "CREATE FUNCTION audit_canonical(p audit_event) RETURNS text LANGUAGE sql STABLE "
            f"SET search_path = public, pg_temp AS $body${CANONICAL}$body$; "
            "REVOKE ALL ON FUNCTION audit_canonical(audit_event) FROM PUBLIC",
            "DROP FUNCTION audit_canonical(audit_event)",
        ),
        Function(
            "audit_seal_some(p_limit integer)",
            "integer",
            SEAL,
            language="plpgsql",
            volatility="VOLATILE",
            roles="nsvcs_worker",
        ),
        Function("audit_heads(p_since timestamptz)", "jsonb", HEADS, roles="nsvcs_worker"),
        Function(
            "audit_keep_digest(p_day date, p_heads jsonb, p_signature text)",
            "boolean",
            KEEP_DIGEST,
            volatility="VOLATILE",
            roles="nsvcs_worker",
        ),
        Function(
            "audit_openings(p_case uuid)",
            "TABLE (day date, actor_role text, actor_id uuid, action text, times bigint)",
            OPENINGS,
        ),
    ]
