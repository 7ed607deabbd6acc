"""The policies are asked of each row found, and are no longer a way to find rows: `nsvcs.rls.each_in` says why."""

from django.db import migrations

from nsvcs.rls import Reword


class Migration(migrations.Migration):
    dependencies = [("jobs", "0002_tables")]
    operations = [
        Reword("jobs_outgoing", "shared"),
    ]
