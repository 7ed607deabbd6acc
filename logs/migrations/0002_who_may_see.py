"""Who may see the log, and what in it is never changed."""

from django.db import migrations

from nsvcs.rls import Function, Protect, SameCase

# Numbers run over all of one victim's cases, which one worker may not see all of; the lock holds until commit.
NEXT_ENTRY = """
DECLARE
    whose uuid;
BEGIN
    IF NOT p_case = ANY (my_shared_cases()) THEN
        RAISE EXCEPTION 'not allowed' USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT k.victim_id INTO whose FROM cases_case k WHERE k.id = p_case;
    PERFORM pg_advisory_xact_lock(hashtextextended('entry ' || whose, 0));
    RETURN (SELECT coalesce(max(i.number), 0) + 1 FROM logs_incident i WHERE i.victim_id = whose);
END
"""
NEXT_EXHIBIT = """
BEGIN
    IF NOT p_case = ANY (my_shared_cases()) THEN
        RAISE EXCEPTION 'not allowed' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('exhibit ' || p_case, 0));
    RETURN (SELECT coalesce(max(e.exhibit_number), 0) + 1 FROM logs_evidence e WHERE e.case_id = p_case);
END
"""


class Migration(migrations.Migration):
    dependencies = [("logs", "0001_initial"), ("cases", "0002_who_may_see")]
    operations = [
        Function("next_entry_number(p_case uuid)", "integer", NEXT_ENTRY, language="plpgsql", volatility="VOLATILE"),
        Function(
            "next_exhibit_number(p_case uuid)", "integer", NEXT_EXHIBIT, language="plpgsql", volatility="VOLATILE"
        ),
        Protect("logs_incident", "shared", append_only=True),
        Protect("logs_amendment", "shared", append_only=True),
        Protect("logs_evidence", "shared", append_only=True),
        Protect("logs_custodyevent", "shared", append_only=True),
        Protect("logs_incidentseen", "shared", append_only=True),
        Protect("logs_rendition", "shared", append_only=True),
        Protect("logs_draft", "own", "user_id", delete=True),
        SameCase("logs_amendment", "logs_incident", "incident_id"),
        SameCase("logs_evidence", "logs_incident", "incident_id"),
        SameCase("logs_incidentseen", "logs_incident", "incident_id"),
        SameCase("logs_rendition", "logs_evidence", "evidence_id"),
        SameCase("logs_custodyevent", "logs_evidence", "evidence_id"),
    ]
