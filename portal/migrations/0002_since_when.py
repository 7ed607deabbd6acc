"""Since when her caseworker is hers, and whether it was somebody else before: so that a change is shown."""

from django.db import migrations

from nsvcs.rls import Function

MY_CASEWORKERS_SINCE = """
SELECT a.case_id, u.name, a.starts_at, EXISTS (
    SELECT 1 FROM cases_allocation b WHERE b.case_id = a.case_id AND b.role = 'primary'
    AND b.worker_id <> a.worker_id AND b.ends_at IS NOT NULL AND b.ends_at <= a.starts_at + interval '1 day'
) FROM cases_allocation a JOIN accounts_user u ON u.id = a.worker_id
WHERE a.case_id = ANY (my_portal_cases()) AND a.role = 'primary'
  AND a.starts_at <= clock_timestamp() AND (a.ends_at IS NULL OR a.ends_at > clock_timestamp())
"""


class Migration(migrations.Migration):
    dependencies = [("portal", "0001_her_caseworker"), ("cases", "0002_who_may_see")]
    operations = [
        Function(
            "my_caseworkers_since()",
            "TABLE (case_id uuid, name varchar, since timestamptz, is_change boolean)",
            MY_CASEWORKERS_SINCE,
        )
    ]
