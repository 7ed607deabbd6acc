"""A perpetrator is born with a place in one's own case, and in no other way.

The policy of perpetrators asks for the link, and the link asks for the perpetrator: so the database makes both at
once. Were the roles able to insert a link themselves, a forgotten filter could tie another case's perpetrator to one's
own case and so read that row; nor may a link be turned to another person or case later.
"""

from django.db import migrations

from nsvcs.rls import ROLES, Function

# The least that must stand; the action fills in the rest, which it can see by then.
ADD_PERPETRATOR = """
DECLARE
    me accounts_user;
BEGIN
    SELECT * INTO me FROM accounts_user u WHERE u.id = nsvcs_me() AND u.is_active;
    IF me.role IS NULL OR me.role NOT IN ('caseworker', 'manager')
        OR (p_case = ANY (my_staff_cases())) IS NOT TRUE THEN
        RAISE EXCEPTION 'not allowed to add to this case' USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO cases_perpetrator (id, name, legal_status, description, version, created_at)
    VALUES (p_perpetrator, p_empty, 'alleged', p_empty, 1, clock_timestamp());
    INSERT INTO cases_caseperpetrator (id, case_id, perpetrator_id, relationship, portal_label, version)
    VALUES (p_link, p_case, p_perpetrator, 'unknown', '', 1);
END
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_people_versions")]
    operations = [
        Function(
            "add_perpetrator(p_link uuid, p_perpetrator uuid, p_case uuid, p_empty bytea)",
            "void",
            ADD_PERPETRATOR,
            language="plpgsql",
            volatility="VOLATILE",
        ),
        migrations.RunSQL(
            [
                f"REVOKE INSERT ON cases_perpetrator, cases_caseperpetrator FROM {ROLES}",
                "CREATE TRIGGER same_place BEFORE UPDATE OF case_id, perpetrator_id ON cases_caseperpetrator "
                "FOR EACH STATEMENT EXECUTE FUNCTION nsvcs_refuse_change()",
            ],
            migrations.RunSQL.noop,
        ),
    ]
