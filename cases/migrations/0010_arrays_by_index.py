"""Whose case it is, by indexes alone: what ended long ago is not read to find what runs.

Neither a clock that moves nor an "or" is a way into an index, so a worker of years read every allocation they ever had,
some thirty times a page, and a manager every closed case of the team. The clock is read once, and what is open and what
ends later are asked for apart, of indexes that hold all that is asked. The plans are made once for a connection: whose
rows they are does not change how they are best found.
"""

from django.db import migrations, models

from nsvcs.rls import Function

# A moment's grace for a clock that runs ahead of the database's.
CURRENT = "a.starts_at <= this_moment + interval '2 seconds' AND (a.ends_at IS NULL OR a.ends_at > this_moment)"

MY_STAFF_CASES = f"""
DECLARE
    me uuid := nsvcs_me();
    job uuid := nsvcs_job();
    this_moment timestamptz := clock_timestamp();
    long_ago date := (now() AT TIME ZONE 'Europe/London')::date - 90;
    my_role text;
    my_team bigint;
    am_on_duty boolean;
    mine uuid[] := '{{}}';
    walled uuid[];
BEGIN
    IF me IS NOT NULL THEN
        SELECT u.role, p.team_id, coalesce(p.is_on_duty, false) INTO my_role, my_team, am_on_duty
        FROM accounts_user u LEFT JOIN accounts_staffprofile p ON p.user_id = u.id
        WHERE u.id = me AND u.is_active AND u.role IN ('caseworker', 'manager', 'data_protection');
    END IF;
    IF my_role IS NOT NULL THEN
        mine := ARRAY(
            SELECT g.case_id FROM cases_casegrant g
            WHERE g.person_id = me AND g.starts_at <= this_moment + interval '2 seconds' AND g.ends_at > this_moment
        );
    END IF;
    IF my_role IN ('caseworker', 'manager') THEN
        mine := mine || ARRAY(
            SELECT a.case_id FROM cases_allocation a WHERE a.worker_id = me AND a.ends_at IS NULL AND {CURRENT}
            UNION ALL
            SELECT a.case_id FROM cases_allocation a WHERE a.worker_id = me AND a.ends_at > this_moment AND {CURRENT}
        );
        IF am_on_duty THEN
            mine := mine || ARRAY(
                SELECT k.id FROM cases_case k
                WHERE k.team_id = my_team AND NOT k.is_restricted AND k.closed_on IS NULL AND (
                    SELECT a.case_id FROM cases_allocation a
                    WHERE a.case_id = k.id AND a.role = 'primary' AND {CURRENT} LIMIT 1
                ) IS NULL
            );
        END IF;
    END IF;
    IF my_role = 'manager' THEN
        mine := mine || ARRAY(
            SELECT k.id FROM cases_case k WHERE k.team_id = my_team AND NOT k.is_restricted AND k.closed_on IS NULL
            UNION ALL
            SELECT k.id FROM cases_case k WHERE k.team_id = my_team AND NOT k.is_restricted AND k.closed_on > long_ago
        );
    END IF;
    IF job IS NOT NULL THEN
        mine := mine || ARRAY(
            SELECT j.case_id FROM jobs_job j WHERE j.id = job AND j.state = 'running' AND j.case_id IS NOT NULL
        );
    END IF;
    IF my_role IS NOT NULL THEN
        walled := ARRAY(SELECT w.case_id FROM cases_wall w WHERE w.person_id = me);
        IF cardinality(walled) > 0 THEN
            mine := ARRAY(SELECT c FROM unnest(mine) c WHERE NOT c = ANY (walled));
        END IF;
    END IF;
    RETURN mine;
END
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0009_policies_by_row")]
    operations = [
        migrations.RemoveIndex(model_name="allocation", name="cases_allocation_of_worker"),
        migrations.AddIndex(
            model_name="allocation",
            index=models.Index(
                fields=["worker", "ends_at"], include=["case", "starts_at"], name="cases_allocation_of_worker"
            ),
        ),
        migrations.RemoveIndex(model_name="case", name="cases_case_team_open"),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=["team", "closed_on"], include=["id", "is_restricted"], name="cases_case_team_open"
            ),
        ),
        Function("my_staff_cases()", "uuid[]", MY_STAFF_CASES, language="plpgsql", one_plan=True),
    ]
