"""Whose case it is, asked some thirty times a page: the same rules as before, each looked at only where it can apply.

As one query, every part of the array was planned and asked for everybody, and the signature was checked four times. An
index of its own answers "does anybody hold it" for a worker on duty, who asks it of every open case of the team.
"""

from django.db import migrations, models
from django.db.models import Q

from nsvcs.rls import Function

NOW = "clock_timestamp() + interval '2 seconds'"  # a moment's grace for a clock that runs ahead of the database's
CURRENT = f"a.starts_at <= {NOW} AND (a.ends_at IS NULL OR a.ends_at > clock_timestamp())"

MY_STAFF_CASES = f"""
DECLARE
    me uuid := nsvcs_me();
    job uuid := nsvcs_job();
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
            WHERE g.person_id = me AND g.starts_at <= {NOW} AND g.ends_at > clock_timestamp()
        );
    END IF;
    IF my_role IN ('caseworker', 'manager') THEN
        mine := mine || ARRAY(SELECT a.case_id FROM cases_allocation a WHERE a.worker_id = me AND {CURRENT});
        IF am_on_duty THEN
            mine := mine || ARRAY(
                SELECT k.id FROM cases_case k
                WHERE k.team_id = my_team AND NOT k.is_restricted AND k.closed_on IS NULL AND NOT EXISTS (
                    SELECT 1 FROM cases_allocation a WHERE a.case_id = k.id AND a.role = 'primary' AND {CURRENT}
                )
            );
        END IF;
    END IF;
    IF my_role = 'manager' THEN
        mine := mine || ARRAY(
            SELECT k.id FROM cases_case k WHERE k.team_id = my_team AND NOT k.is_restricted
            AND (k.closed_on IS NULL OR k.closed_on > (now() AT TIME ZONE 'Europe/London')::date - 90)
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

MY_PORTAL_CASES = """
DECLARE
    me uuid := nsvcs_me();
BEGIN
    IF me IS NULL THEN
        RETURN '{}';
    END IF;
    RETURN ARRAY(
        SELECT k.id FROM cases_case k
        JOIN cases_victim v ON v.id = k.victim_id JOIN accounts_user u ON u.id = v.user_id
        WHERE u.id = me AND u.is_active AND u.role = 'victim' AND k.is_portal_open
    );
END
"""

MY_SHARED_CASES = "BEGIN RETURN my_staff_cases() || my_portal_cases(); END"


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_victim_stays")]
    operations = [
        migrations.AddIndex(
            model_name="allocation",
            index=models.Index(
                fields=["case"],
                include=["worker", "starts_at", "ends_at"],
                condition=Q(role="primary"),
                name="cases_allocation_primary",
            ),
        ),
        Function("my_staff_cases()", "uuid[]", MY_STAFF_CASES, language="plpgsql"),
        Function("my_portal_cases()", "uuid[]", MY_PORTAL_CASES, language="plpgsql"),
        Function("my_shared_cases()", "uuid[]", MY_SHARED_CASES, language="plpgsql"),
    ]
