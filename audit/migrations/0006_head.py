"""The newest seal of one case's chain: what a bundle names, and has stamped."""

from django.db import migrations

from nsvcs.rls import Function

HEAD = """
SELECT s.sequence, encode(s.digest, 'hex'), e.at
FROM audit_seal s JOIN audit_event e ON e.id = s.event_id
WHERE s.stream = 'case:' || p_case AND p_case = ANY (my_shared_cases() || my_staff_cases())
ORDER BY s.sequence DESC LIMIT 1
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0005_files_imports_messages")]
    operations = [
        Function("audit_head(p_case uuid)", "TABLE (sequence bigint, digest text, at timestamptz)", HEAD),
    ]
