"""The functions every policy stands on. Each array is empty until the room that owns the rows fills it in."""

from django.db import migrations

from nsvcs.dbkey import write_key
from nsvcs.rls import Function

KEY_TABLE = """
CREATE TABLE nsvcs_identity_key (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    inner_pad bytea NOT NULL,
    outer_pad bytea NOT NULL
);
REVOKE ALL ON nsvcs_identity_key FROM PUBLIC, nsvcs_web, nsvcs_worker;
GRANT USAGE ON SCHEMA public TO nsvcs_web, nsvcs_worker;
"""

REFUSE = """
CREATE FUNCTION nsvcs_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""

# A comparison with NULL is not false: coalesce, or a missing signature would let everybody in.
HOLDS = """
DECLARE
    k nsvcs_identity_key;
    said bytea;
BEGIN
    SELECT * INTO k FROM nsvcs_identity_key;
    said := convert_to(coalesce(current_setting('nsvcs.user_id', true), '') || '|'
        || coalesce(current_setting('nsvcs.job_id', true), ''), 'UTF8');
    RETURN coalesce(
        encode(sha256(k.outer_pad || sha256(k.inner_pad || said)), 'hex')
            = nullif(current_setting('nsvcs.signature', true), ''),
        false);
END
"""
ME = "SELECT CASE WHEN nsvcs_identity_holds() THEN nullif(current_setting('nsvcs.user_id', true), '')::uuid END"
JOB = "SELECT CASE WHEN nsvcs_identity_holds() THEN nullif(current_setting('nsvcs.job_id', true), '')::uuid END"
NONE = "SELECT '{}'::uuid[]"


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(KEY_TABLE, "DROP TABLE nsvcs_identity_key"),
        migrations.RunPython(write_key, migrations.RunPython.noop),
        migrations.RunSQL(REFUSE, "DROP FUNCTION nsvcs_refuse_change()"),
        Function("nsvcs_identity_holds()", "boolean", HOLDS, language="plpgsql"),
        Function("nsvcs_me()", "uuid", ME),
        Function("nsvcs_job()", "uuid", JOB),
        Function("my_staff_cases()", "uuid[]", NONE),
        Function("my_portal_cases()", "uuid[]", NONE),
        Function("my_shared_cases()", "uuid[]", NONE),
        Function("my_victims()", "uuid[]", NONE),
        Function("my_perpetrators()", "uuid[]", NONE),
    ]
