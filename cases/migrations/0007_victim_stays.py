"""A case stays its victim's, and a victim not said to be new must be one's own.

Whose case it is decides which victim's row one may read. Were the roles able to turn a case to another victim, a
forgotten filter could open any victim's row by way of one's own case; and `open_case` asked "not new and not mine?",
which is no answer when nothing is said about new.
"""

from django.db import migrations

from nsvcs.rls import Function

OPEN_CASE = """
DECLARE
    me accounts_user;
    my_team bigint;
    this_year integer := extract(year FROM p_received_at AT TIME ZONE 'Europe/London');
    running integer;
    reference text;
BEGIN
    SELECT * INTO me FROM accounts_user u WHERE u.id = nsvcs_me() AND u.is_active;
    SELECT p.team_id INTO my_team FROM accounts_staffprofile p WHERE p.user_id = me.id;
    IF me.role IS NULL OR me.role NOT IN ('caseworker', 'manager') OR my_team IS DISTINCT FROM p_team THEN
        RAISE EXCEPTION 'not allowed to open a case' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF p_is_new IS NOT TRUE AND (p_victim = ANY (my_victims())) IS NOT TRUE THEN
        RAISE EXCEPTION 'not allowed to open a case' USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO cases_referencecounter AS c (year, last) VALUES (this_year, 1)
        ON CONFLICT (year) DO UPDATE SET last = c.last + 1 RETURNING last INTO running;
    reference := 'NSV-' || this_year || '-' || lpad(running::text, 6, '0');
    IF p_is_new THEN
        INSERT INTO cases_victim (id, first_name, last_name, known_as, pronouns, preferred_term, address, phone, email,
            language, needs_interpreter, surname_codes, first_codes, phone_keys, version, created_at)
        VALUES (p_victim, '', '', '', '', '', p_empty, '', '', 'en', false, '{}', '{}', '{}', 1, clock_timestamp());
    END IF;
    INSERT INTO cases_case (id, reference, victim_id, team_id, status, is_high_priority, is_restricted, received_at,
        is_portal_open, portal_label, police_force, crime_reference, closure_reason, version, created_at)
    VALUES (p_case, reference, p_victim, p_team, 'referred', false, false, p_received_at,
        false, '', '', '', '', 1, clock_timestamp());
    IF p_worker IS NOT NULL THEN
        INSERT INTO cases_allocation (id, case_id, worker_id, role, starts_at, allocated_by)
        VALUES (p_allocation, p_case, p_worker, 'primary', clock_timestamp(), me.id);
    END IF;
    RETURN reference;
END
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_asked_once")]
    operations = [
        Function(
            "open_case(p_case uuid, p_victim uuid, p_is_new boolean, p_team bigint, p_worker uuid, p_allocation uuid,"
            " p_received_at timestamptz, p_empty bytea)",
            "text",
            OPEN_CASE,
            language="plpgsql",
            volatility="VOLATILE",
        ),
        migrations.RunSQL(
            "CREATE TRIGGER same_victim BEFORE UPDATE OF victim_id ON cases_case "
            "FOR EACH ROW WHEN (OLD.victim_id IS DISTINCT FROM NEW.victim_id) "
            "EXECUTE FUNCTION nsvcs_refuse_change()",
            "DROP TRIGGER same_victim ON cases_case",
        ),
    ]
