"""When the last digest was made, so that a day without one is covered by the next."""

from django.db import migrations

from nsvcs.rls import Function


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_functions")]
    operations = [
        Function(
            "audit_last_digest()", "timestamptz", "SELECT max(d.made_at) FROM audit_digest d", roles="nsvcs_worker"
        )
    ]
