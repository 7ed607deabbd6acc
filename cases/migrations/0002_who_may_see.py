"""Whose case it is: the arrays behind every policy, and the doors for rows nobody can see yet."""

from django.db import migrations

from nsvcs.rls import CloseTable, Function, Protect

# A moment's grace for a clock that runs ahead of the database's.
NOW = "clock_timestamp() + interval '2 seconds'"
CURRENT = f"a.starts_at <= {NOW} AND (a.ends_at IS NULL OR a.ends_at > clock_timestamp())"

# A colleague's case is not here, an administrator's is empty, and a wall takes away whatever the rest gave.
MY_STAFF_CASES = f"""
WITH me AS (
    SELECT u.id, u.role, p.team_id, coalesce(p.is_on_duty, false) AS is_on_duty
    FROM accounts_user u LEFT JOIN accounts_staffprofile p ON p.user_id = u.id
    WHERE u.id = nsvcs_me() AND u.is_active AND u.role IN ('caseworker', 'manager', 'data_protection')
)
SELECT coalesce(array_agg(mine.case_id), '{{}}') FROM (
    (
        SELECT a.case_id FROM cases_allocation a JOIN me ON me.id = a.worker_id
        WHERE me.role IN ('caseworker', 'manager') AND {CURRENT}
        UNION
        SELECT g.case_id FROM cases_casegrant g JOIN me ON me.id = g.person_id
        WHERE g.starts_at <= {NOW} AND g.ends_at > clock_timestamp()
        UNION
        SELECT k.id FROM cases_case k JOIN me ON me.team_id = k.team_id
        WHERE me.is_on_duty AND me.role IN ('caseworker', 'manager') AND NOT k.is_restricted AND k.closed_on IS NULL
          AND NOT EXISTS (SELECT 1 FROM cases_allocation a WHERE a.case_id = k.id AND a.role = 'primary' AND {CURRENT})
        UNION
        SELECT k.id FROM cases_case k JOIN me ON me.team_id = k.team_id
        WHERE me.role = 'manager' AND NOT k.is_restricted
          AND (k.closed_on IS NULL OR k.closed_on > (now() AT TIME ZONE 'Europe/London')::date - 90)
        UNION
        SELECT j.case_id FROM jobs_job j WHERE j.id = nsvcs_job() AND j.state = 'running' AND j.case_id IS NOT NULL
    )
    EXCEPT
    SELECT w.case_id FROM cases_wall w JOIN me ON me.id = w.person_id
) mine
"""

MY_PORTAL_CASES = """
SELECT coalesce(array_agg(k.id), '{}') FROM cases_case k
JOIN cases_victim v ON v.id = k.victim_id JOIN accounts_user u ON u.id = v.user_id
WHERE u.id = nsvcs_me() AND u.is_active AND u.role = 'victim' AND k.is_portal_open
"""

MY_VICTIMS = """
SELECT coalesce(array_agg(v.id), '{}') FROM (
    SELECT k.victim_id AS id FROM cases_case k WHERE k.id = ANY (my_staff_cases())
    UNION
    SELECT v.id FROM cases_victim v JOIN accounts_user u ON u.id = v.user_id
    WHERE u.id = nsvcs_me() AND u.is_active AND u.role = 'victim'
) v
"""

MY_PERPETRATORS = """
SELECT coalesce(array_agg(p.perpetrator_id), '{}') FROM cases_caseperpetrator p WHERE p.case_id = ANY (my_staff_cases())
"""

# Makes the case, and the victim when she is new, with the least that must stand; the action fills in the rest,
# which it can see by then. The first allocation is the opener's own unless the duty pool is asked for.
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
    IF NOT p_is_new AND NOT p_victim = ANY (my_victims()) THEN
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

# Says only that somebody like this is known to a colleague; never who or where. For staff at intake.
HIDDEN_MATCH = """
SELECT EXISTS (
    SELECT 1 FROM cases_victim v
    WHERE EXISTS (SELECT 1 FROM accounts_user u WHERE u.id = nsvcs_me() AND u.is_active
                  AND u.role IN ('caseworker', 'manager'))
      AND NOT v.id = ANY (my_victims())
      AND (v.phone_keys && p_phones
           OR (v.surname_codes && p_surnames AND (v.first_codes && p_firsts OR v.born_on = p_born)))
)
"""

# A manager opens an older or a restricted case of the own team one at a time; the grant and its reason are the price.
OPEN_WITH_REASON = """
DECLARE
    found uuid;
BEGIN
    SELECT k.id INTO found FROM cases_case k
    JOIN accounts_staffprofile p ON p.team_id = k.team_id AND p.user_id = nsvcs_me()
    JOIN accounts_user u ON u.id = p.user_id AND u.is_active AND u.role = 'manager'
    WHERE k.reference = p_reference
      AND NOT EXISTS (SELECT 1 FROM cases_wall w WHERE w.case_id = k.id AND w.person_id = u.id);
    IF found IS NOT NULL THEN
        INSERT INTO cases_casegrant (id, case_id, person_id, kind, starts_at, ends_at, reason, granted_by, told)
        VALUES (p_grant, found, nsvcs_me(), 'older_case', clock_timestamp(), clock_timestamp() + interval '8 hours',
                p_reason, nsvcs_me(), '');
    END IF;
    RETURN found;
END
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0001_initial"),
        ("nsvcs", "0001_identity"),
        ("accounts", "0002_tables"),
        ("jobs", "0002_tables"),
    ]
    operations = [
        Function("my_staff_cases()", "uuid[]", MY_STAFF_CASES),
        Function("my_portal_cases()", "uuid[]", MY_PORTAL_CASES),
        Function("my_shared_cases()", "uuid[]", "SELECT my_staff_cases() || my_portal_cases()"),
        Function("my_victims()", "uuid[]", MY_VICTIMS),
        Function("my_perpetrators()", "uuid[]", MY_PERPETRATORS),
        Function(
            "open_case(p_case uuid, p_victim uuid, p_is_new boolean, p_team bigint, p_worker uuid, p_allocation uuid,"
            " p_received_at timestamptz, p_empty bytea)",
            "text",
            OPEN_CASE,
            language="plpgsql",
            volatility="VOLATILE",
        ),
        Function(
            "hidden_match(p_surnames varchar[], p_firsts varchar[], p_phones varchar[], p_born date)",
            "boolean",
            HIDDEN_MATCH,
        ),
        Function(
            "open_with_reason(p_reference text, p_grant uuid, p_reason bytea)",
            "uuid",
            OPEN_WITH_REASON,
            language="plpgsql",
            volatility="VOLATILE",
        ),
        Protect("cases_case", "shared", "id"),
        Protect("cases_victim", "staff", "id", array="victims"),
        Protect("cases_safecontact", "staff", "victim_id", array="victims", append_only=True),
        Protect("cases_perpetrator", "staff", "id", array="perpetrators"),
        Protect("cases_caseperpetrator", "shared"),
        Protect("cases_allocation", "staff"),
        Protect("cases_casegrant", "staff"),
        Protect("cases_wall", "staff"),
        CloseTable("cases_referencecounter"),
        Protect("cases_statuschange", "staff", append_only=True),
        Protect("cases_inboundreferral", "staff"),
        Protect("cases_professional", "staff"),
        Protect("cases_contact", "staff", append_only=True),
        Protect("cases_note", "staff", append_only=True),
        Protect("cases_task", "staff"),
    ]
