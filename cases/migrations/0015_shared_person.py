"""The row that several cases may share keeps name and date of birth alone.

The columns go with this release and not the next: as long as they stood, every worker of a linked case could read them.
"""

from importlib import import_module

from django.db import migrations

from nsvcs.rls import Function

ADD_PERPETRATOR = """
DECLARE
    me accounts_user;
BEGIN
    SELECT * INTO me FROM accounts_user u WHERE u.id = nsvcs_me() AND u.is_active;
    IF me.role IS NULL OR me.role NOT IN ('caseworker', 'manager')
        OR (p_case = ANY (my_staff_cases())) IS NOT TRUE THEN
        RAISE EXCEPTION 'not allowed to add to this case' USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO cases_perpetrator (id, name, version, created_at)
    VALUES (p_perpetrator, p_empty, 1, clock_timestamp());
    INSERT INTO cases_caseperpetrator (id, case_id, perpetrator_id, relationship, portal_label, version)
    VALUES (p_link, p_case, p_perpetrator, 'unknown', '', 1);
    INSERT INTO cases_perpetratorfacts (place_id, case_id, legal_status, description, version)
    VALUES (p_link, p_case, 'alleged', p_empty, 1);
END
"""
BEFORE = import_module("cases.migrations.0005_add_perpetrator").ADD_PERPETRATOR


def adding(body: str) -> Function:
    """The function with one body or the other."""
    return Function(
        "add_perpetrator(p_link uuid, p_perpetrator uuid, p_case uuid, p_empty bytea)",
        "void",
        body,
        language="plpgsql",
        volatility="VOLATILE",
    )


class Migration(migrations.Migration):
    dependencies = [("cases", "0014_to_their_case")]
    operations = [
        migrations.RunSQL(adding(ADD_PERPETRATOR).sql, adding(BEFORE).sql),
        migrations.RemoveField(model_name="perpetrator", name="legal_status"),
        migrations.RemoveField(model_name="perpetrator", name="description"),
    ]
