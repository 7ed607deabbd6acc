"""Who may see scans and locks; what a sweep may find without seeing any case; the data protection lead's list of locks."""

from django.db import migrations

from nsvcs.rls import Function, Protect, SameCase

IS_LOCKED = """coalesce((
        SELECT c.kind = 'locked' FROM logs_custodyevent c
        WHERE c.evidence_id = e.id AND c.kind IN ('locked', 'unlocked') ORDER BY c.at DESC, c.id DESC LIMIT 1
    ), false)"""

# Ids only, and only for workers: a sweep acts for nobody and would see the files of no case.
SCANS_DUE = f"""
SELECT e.id, e.case_id, s.attempt FROM logs_scan s JOIN logs_evidence e ON e.id = s.evidence_id
WHERE s.next_at <= p_now AND NOT {IS_LOCKED}
  AND NOT EXISTS (SELECT 1 FROM logs_scan later WHERE later.evidence_id = e.id AND later.attempt > s.attempt)
ORDER BY s.next_at LIMIT p_limit
"""
NEVER_SCANNED = f"""
SELECT e.id, e.case_id, 0 FROM logs_evidence e
WHERE e.arrived_at < p_now AND NOT {IS_LOCKED}
  AND NOT EXISTS (SELECT 1 FROM logs_scan s WHERE s.evidence_id = e.id)
ORDER BY e.arrived_at DESC LIMIT p_limit
"""
# Those whose digest was looked at longest ago, as many as fit into so many bytes, and at least one.
TO_CHECK = """
SELECT found.id, found.case_id FROM (
    SELECT e.id, e.case_id, sum(e.size_bytes) OVER (ORDER BY coalesce(c.at, e.arrived_at), e.id) - e.size_bytes AS before
    FROM logs_evidence e LEFT JOIN LATERAL (
        SELECT max(k.at) AS at FROM logs_custodyevent k WHERE k.evidence_id = e.id AND k.kind IN ('checked', 'changed')
    ) c ON true
    WHERE coalesce(c.at, e.arrived_at) < p_before
) found WHERE found.before < p_bytes ORDER BY found.before LIMIT p_limit
"""

# The lead sees no case unless it is opened to them, and must learn of every lock: so much of it and no more.
LEAD = """EXISTS (
        SELECT 1 FROM accounts_user u WHERE u.id = nsvcs_me() AND u.is_active AND u.role = 'data_protection'
    ) AND NOT EXISTS (SELECT 1 FROM cases_wall w WHERE w.case_id = e.case_id AND w.person_id = nsvcs_me())"""
LOCKED_FILES = f"""
SELECT l.id, l.evidence_id, l.case_id, l.is_locking, l.reason, l.words, l.by_id, l.at,
       k.reference, e.exhibit_number, b.name
FROM logs_evidence e
JOIN LATERAL (
    SELECT * FROM logs_evidencelock x WHERE x.evidence_id = e.id ORDER BY x.at DESC, x.id DESC LIMIT 1
) l ON l.is_locking
JOIN cases_case k ON k.id = e.case_id JOIN accounts_user b ON b.id = l.by_id
WHERE e.id IN (SELECT x.evidence_id FROM logs_evidencelock x) AND {LEAD}
ORDER BY l.at DESC
"""
UNLOCK = f"""
DECLARE
    e logs_evidence;
    last_at timestamptz;
    moment timestamptz;
BEGIN
    SELECT * INTO e FROM logs_evidence x WHERE x.id = p_evidence;
    IF e.id IS NULL OR NOT ({LEAD}) THEN
        RAISE EXCEPTION 'not allowed' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('file ' || e.id, 0));
    IF NOT {IS_LOCKED} THEN
        RETURN NULL;
    END IF;
    SELECT max(c.at) INTO last_at FROM logs_custodyevent c WHERE c.evidence_id = e.id AND c.kind = 'locked';
    moment := greatest(p_at, last_at + interval '1 microsecond');
    INSERT INTO logs_evidencelock (id, evidence_id, case_id, is_locking, reason, words, by_id, at)
    VALUES (p_id, e.id, e.case_id, false, '', p_words, nsvcs_me(), moment);
    INSERT INTO logs_custodyevent (id, evidence_id, case_id, kind, by_id, by_role, sha256, at)
    VALUES (p_custody, e.id, e.case_id, 'unlocked', nsvcs_me(), 'data_protection', e.sha256, moment);
    RETURN e.case_id;
END
"""
# The policy lets the portal's role write custody events of her own case; of a lock, only who locks may speak.
GUARD = """
CREATE FUNCTION logs_guard_locks() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $body$
BEGIN
    IF current_user IN ('nsvcs_web', 'nsvcs_worker') AND (
        NEW.kind = 'unlocked' OR NOT NEW.case_id = ANY (my_staff_cases())
    ) THEN
        RAISE EXCEPTION 'not allowed' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$body$
"""


class Migration(migrations.Migration):
    dependencies = [("logs", "0007_scans_and_locks"), ("cases", "0019_file_tasks")]
    operations = [
        Protect("logs_scan", "shared", append_only=True),
        Protect("logs_evidencelock", "staff", append_only=True),
        SameCase("logs_scan", "logs_evidence", "evidence_id"),
        SameCase("logs_evidencelock", "logs_evidence", "evidence_id"),
        Function(
            "scans_due(p_now timestamptz, p_limit integer)",
            "TABLE (evidence_id uuid, case_id uuid, attempt integer)", SCANS_DUE, roles="nsvcs_worker",
        ),
        Function(
            "never_scanned(p_now timestamptz, p_limit integer)",
            "TABLE (evidence_id uuid, case_id uuid, attempt integer)", NEVER_SCANNED, roles="nsvcs_worker",
        ),
        Function(
            "originals_to_check(p_before timestamptz, p_bytes bigint, p_limit integer)",
            "TABLE (evidence_id uuid, case_id uuid)", TO_CHECK, roles="nsvcs_worker",
        ),
        Function(
            "locked_files()",
            "TABLE (id uuid, evidence_id uuid, case_id uuid, is_locking boolean, reason varchar, words bytea, by_id uuid,"
            " at timestamptz, reference varchar, exhibit_number integer, locked_by varchar)", LOCKED_FILES,
        ),
        Function(
            "unlock_evidence(p_id uuid, p_custody uuid, p_evidence uuid, p_words bytea, p_at timestamptz)",
            "uuid", UNLOCK, language="plpgsql", volatility="VOLATILE",
        ),
        migrations.RunSQL(GUARD, migrations.RunSQL.noop),
        migrations.RunSQL(
            "REVOKE ALL ON FUNCTION logs_guard_locks() FROM PUBLIC;"
            " CREATE TRIGGER only_who_locks BEFORE INSERT ON logs_custodyevent FOR EACH ROW"
            " WHEN (NEW.kind IN ('locked', 'unlocked')) EXECUTE FUNCTION logs_guard_locks()",
            migrations.RunSQL.noop,
        ),
    ]  # fmt: skip
