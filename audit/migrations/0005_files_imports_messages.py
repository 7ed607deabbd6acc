"""Who looked at a case: also at a file's page, at what a file of messages holds, and at the messages of the portal."""

from django.db import migrations

from nsvcs.rls import Function

OPENINGS = """
SELECT (e.at AT TIME ZONE 'Europe/London')::date, e.actor_role, e.actor_id, e.action, count(*)
FROM audit_event e
WHERE e.stream = 'case:' || p_case AND p_case = ANY (my_shared_cases() || my_staff_cases())
  AND e.action IN ('case.opened', 'entry.listed', 'entry.opened', 'evidence.opened', 'evidence.viewed',
                   'evidence.downloaded', 'import.viewed', 'thread.opened', 'portal.previewed', 'bundle.viewed',
                   'bundle.downloaded', 'case.granted')
GROUP BY 1, 2, 3, 4 ORDER BY 1 DESC, 2
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_every_opening")]
    operations = [
        Function(
            "audit_openings(p_case uuid)",
            "TABLE (day date, actor_role text, actor_id uuid, action text, times bigint)",
            OPENINGS,
        ),
    ]
