"""A restricted case that nobody holds any more is on some list: its team's managers learn its reference, and no more.

Named readers alone see such a case. When its caseworker has left, nobody's list began at it: what its victim writes was
read by nobody. A manager may open a restricted case of the team with a reason; here is which.
"""

from django.db import migrations

from nsvcs.rls import Function

RESTRICTED_UNHELD = """
SELECT coalesce(array_agg(k.reference ORDER BY k.received_at), '{}')
FROM cases_case k
JOIN accounts_staffprofile p ON p.team_id = k.team_id
JOIN accounts_user me ON me.id = p.user_id
WHERE me.id = nsvcs_me() AND me.is_active AND me.role = 'manager'
  AND k.is_restricted AND k.closed_on IS NULL AND NOT k.id = ANY (my_staff_cases())
  AND NOT EXISTS (SELECT 1 FROM cases_wall w WHERE w.case_id = k.id AND w.person_id = me.id)
  AND NOT EXISTS (
      SELECT 1 FROM cases_allocation a JOIN accounts_user u ON u.id = a.worker_id
      WHERE a.case_id = k.id AND a.role = 'primary'
        AND a.starts_at <= clock_timestamp() + interval '2 seconds'
        AND (a.ends_at IS NULL OR a.ends_at > clock_timestamp())
        AND u.is_active AND u.role IN ('caseworker', 'manager')
        AND (u.last_day IS NULL OR u.last_day >= (now() AT TIME ZONE 'Europe/London')::date)
  )
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0016_walled_from_matches"), ("accounts", "0004_last_day")]
    operations = [Function("restricted_unheld()", "varchar[]", RESTRICTED_UNHELD)]
