"""Her own caseworker's name: the one fact about an allocation that the portal shows."""

from django.db import migrations

from nsvcs.rls import Function

MY_CASEWORKERS = """
SELECT a.case_id, u.name FROM cases_allocation a JOIN accounts_user u ON u.id = a.worker_id
WHERE a.case_id = ANY (my_portal_cases()) AND a.role = 'primary'
  AND a.starts_at <= clock_timestamp() AND (a.ends_at IS NULL OR a.ends_at > clock_timestamp())
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_who_may_see")]
    operations = [Function("my_caseworkers()", "TABLE (case_id uuid, name varchar)", MY_CASEWORKERS)]
