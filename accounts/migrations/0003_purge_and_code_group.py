"""Sign-ins go after 30 days; a wrong guess is counted against the code it begins like."""

from django.db import migrations, models

from nsvcs.rls import Function

PURGE = """
WITH gone AS (DELETE FROM accounts_signin WHERE at < now() - interval '30 days' RETURNING 1)
SELECT count(*)::integer FROM gone
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_tables")]
    operations = [
        migrations.AddField(
            "enrolmentcode", "first_group", models.CharField(blank=True, db_index=True, default="", max_length=64)
        ),
        Function("accounts_purge_sign_ins()", "integer", PURGE, volatility="VOLATILE", roles="nsvcs_worker"),
    ]
